import { availableParallelism } from "node:os";
import path from "node:path";
import type { Architecture } from "../orchestrator/domain/kernel.ts";
import { folders } from "../orchestrator/host/folders.ts";
import { run } from "../orchestrator/host/process.ts";
import type { Options } from "./config.ts";

const VERSION_TIMEOUT_MS = 30 * 1000;

/** What compiles a kernel here. */
export interface Toolchain {
	/** First line of `gcc --version`. */
	readonly compiler: string;
	/** First line of `ld --version`. */
	readonly linker: string;
	readonly ccache: boolean;
}

const firstLineOf = async (tool: string, signal: AbortSignal): Promise<string> => {
	const { stdout } = await run(tool, ["--version"], {
		signal,
		timeoutMs: VERSION_TIMEOUT_MS,
		failure: "tool-missing",
		hint: "apt-get install gcc binutils make flex bison bc libelf-dev libssl-dev",
	});
	return stdout.split("\n")[0]?.trim() ?? "";
};

/** Asks the compiler and the linker who they are. */
export const toolchain = async (signal: AbortSignal): Promise<Toolchain> => {
	const [compiler, linker, ccache] = await Promise.all([
		firstLineOf("gcc", signal),
		firstLineOf("ld", signal),
		firstLineOf("ccache", signal).then(
			() => true,
			() => false,
		),
	]);
	signal.throwIfAborted();
	return { compiler, linker, ccache };
};

/** Where the tree lies must not show in the image. Only debug information and coverage name whole paths. */
const pathMap = (options: Options, tree: string): string =>
	[...options].some(([option, value]) => value === "y" && /^DEBUG_INFO_(?!NONE$)/.test(option))
		? `-ffile-prefix-map=${tree}=.`
		: "";

/** Arguments of every make call; what the caller's environment says about kernels is overridden. */
export const makeArguments = (
	tools: Toolchain,
	architecture: Architecture,
	asked: Options,
	tree: string,
): readonly string[] => [
	"make",
	`-j${availableParallelism()}`,
	`ARCH=${architecture}`,
	"CROSS_COMPILE=",
	"LLVM=",
	`KCFLAGS=${pathMap(asked, tree)}`,
	`KAFLAGS=${pathMap(asked, tree)}`,
	"LOCALVERSION=",
	// make expands it anew in every folder: these objects count their lines, the rest of the kernel does not.
	...(asked.get("GCOV_KERNEL") === "y" ? ["GCOV_PROFILE=$(if $(filter fs/fuse,$(obj)),y)"] : []),
	`CC=${tools.ccache ? "ccache gcc" : "gcc"}`,
];

/** Environment of every make call: the same inputs shall give the same image, byte for byte. */
export const makeEnvironment = (tree: string): Readonly<Record<string, string>> => ({
	KBUILD_BUILD_TIMESTAMP: "2026-01-01 00:00:00 UTC",
	KBUILD_BUILD_USER: "fuselab",
	KBUILD_BUILD_HOST: "fuselab",
	KBUILD_BUILD_VERSION: "1",
	SOURCE_DATE_EPOCH: "1767225600",
	TZ: "UTC",
	MAKEFLAGS: "",
	MAKELEVEL: "",
	// A git repository around the tree must not find its way into the version.
	GIT_CEILING_DIRECTORIES: path.dirname(tree),
	CCACHE_DIR: path.join(folders.cache(), "ccache"),
	// The same source in another tree must not keep the compiler cache from hitting.
	CCACHE_BASEDIR: tree,
	CCACHE_NOHASHDIR: "1",
	CCACHE_MAXSIZE: "4G",
});
