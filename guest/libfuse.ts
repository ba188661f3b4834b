/** A libfuse of the user's own in the guest root: from a git tree or a folder, built by the guest's tools, kept by digest. */
import { access, mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { LibfuseSource } from "../orchestrator/domain/lab-config.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { digestOf, sha256OfFile } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { run } from "../orchestrator/host/process.ts";
import { asRoot } from "../orchestrator/host/requirements.ts";
import type { GuestRoot, RootOptions } from "./root/root.ts";

/** Where Debian's libfuse, built with liburing, lies in every guest root. */
const DEBIANS = "/opt/libfuse";
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** Run in the root: $1 is the source's folder, $2 the place to install to. Every example becomes a program to serve with. */
const BUILD = `set -e
cd "$1"
rm -rf build
meson setup build --libdir=lib --buildtype=release -Dexamples=true -Dtests=false -Dutils=false
ninja -C build
mkdir -p "$2/bin" "$2/lib"
find build/example -maxdepth 1 -type f -perm -u+x -exec cp {} "$2/bin/" ';'
cp -a build/lib/libfuse3.so* "$2/lib/"
rm -rf "$1"
`;

const bounded = { timeoutMs: BUILD_TIMEOUT_MS, failure: "root-failed" } as const;

/** Puts what the source holds into `tarball`; a git tree gives the commit's files, a folder all but its git and build folders. */
const pack = async (source: Exclude<LibfuseSource, { kind: "debian" }>, tarball: string, signal: AbortSignal) => {
	if (source.kind === "folder") {
		const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
		const leave = ["--exclude-vcs", "--exclude=./build"];
		await run("tar", ["-cf", tarball, ...reproducible, ...leave, "-C", source.folder, "."], { signal, ...bounded });
		return;
	}
	const clone = path.join(await ensureFolder(path.join(folders.cache(), "git")), digestOf(source.git).slice(0, 24));
	const there = await access(clone).then(
		() => true,
		() => false,
	);
	const options = {
		signal,
		...bounded,
		failure: "fetch-failed",
		hint: "Can this machine reach the repository?",
	} as const;
	await (there
		? run(
				"git",
				["-C", clone, "fetch", "--quiet", "--force", "--tags", "origin", "+refs/heads/*:refs/heads/*"],
				options,
			)
		: run("git", ["clone", "--quiet", "--bare", "--", source.git, clone], options));
	// A ref is the user's word: `--end-of-options` keeps it from being read as an option.
	await run("git", ["-C", clone, "archive", "--format=tar", "-o", tarball, "--end-of-options", source.ref], {
		...options,
		hint: `Has the repository a branch, tag or commit ${source.ref}?`,
	});
};

const build = async (root: GuestRoot, tarball: string, target: string, { signal }: RootOptions, log: string) => {
	const sources = `/usr/src/${path.basename(target)}`;
	const inRoot = path.join(root.path, sources);
	const asGuest = async (...command: readonly string[]): Promise<void> => {
		const [program = "", ...args] = [...asRoot(), "chroot", root.path, ...command];
		await run(program, args, { signal, logFile: log, hint: "The log has the compiler's words.", ...bounded });
	};
	await rm(inRoot, { recursive: true, force: true });
	await mkdir(inRoot, { recursive: true });
	await run("tar", ["-xf", tarball, "-C", inRoot, "--no-same-owner"], { signal, ...bounded });
	await asGuest("sh", "-c", BUILD, "build-libfuse", sources, `${target}.tmp`);
	await asGuest("sh", "-c", 'rm -rf "$2" && mv "$1" "$2"', "sh", `${target}.tmp`, target);
};

/** Gives the folder of the wanted libfuse as the guest sees it: `bin/` holds its example servers, `lib/` the library. */
export const ensureLibfuse = async (root: GuestRoot, source: LibfuseSource, options: RootOptions): Promise<string> => {
	if (source.kind === "debian") return DEBIANS;
	const { signal, onStage } = options;
	const temporary = await mkdtemp(path.join(await ensureFolder(path.join(folders.cache(), "work")), "libfuse-"));
	try {
		const tarball = path.join(temporary, "source.tar");
		await pack(source, tarball, signal);
		const digest = (await sha256OfFile(tarball)).slice(0, 16);
		const target = `${DEBIANS}-${digest}`;
		const finished = async (): Promise<boolean> =>
			await access(path.join(root.path, target, "lib")).then(
				() => true,
				() => false,
			);
		const log = path.join(await ensureFolder(path.join(folders.state(), "logs")), `libfuse-${digest}.log`);
		await withLock(
			path.join(root.path, `..`, `libfuse-${digest}.lock`),
			signal,
			() => onStage("waiting for another fuselab that builds this libfuse"),
			async () => {
				if (await finished()) return;
				onStage(`building libfuse from ${source.kind === "git" ? `${source.git} ${source.ref}` : source.folder}`, log);
				await build(root, tarball, target, options, log);
			},
		);
		return target;
	} catch (error) {
		if (error instanceof LabError) throw error;
		throw new LabError({
			code: "root-failed",
			sentence: "The libfuse of the config could not be built.",
			cause: error,
		});
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
};
