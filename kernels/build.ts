import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Architecture, KernelBuild, KernelWish } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { digestOf, explainFull, readIfThere, sha256OfFile } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { ownPath } from "../orchestrator/host/ledger.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { type RunOptions, run } from "../orchestrator/host/process.ts";
import { findKernel, keepKernel, kernelsFolder } from "./cache.ts";
import { configure, type Fragment, readFragment } from "./config.ts";
import { blame, buildFailed, firstFault } from "./fault.ts";
import { fetchKernel } from "./prebuilt.ts";
import { applySeries, type Patch, patchesOf, readStack, summaryOf } from "./series.ts";
import { doubtsAbout } from "./series-input/doubts.ts";
import { type BuildableSource, resolveSource } from "./source/resolve.ts";
import type { ResolvedSource } from "./source/resolved.ts";
import { makeArguments, makeEnvironment, type Toolchain, toolchain } from "./toolchain.ts";

/** Raised when the same inputs would be built in another way. */
const RECIPE = "1";
/** What make is asked for, and where it puts that. */
const IMAGES = {
	x86_64: { target: "bzImage", file: "arch/x86/boot/bzImage" },
	um: { target: "linux", file: "linux" },
} as const satisfies Record<Architecture, { readonly target: string; readonly file: string }>;
const CONFIGURE_TIMEOUT_MS = 10 * 60 * 1000;
const COMPILE_TIMEOUT_MS = 4 * 60 * 60 * 1000;

export interface BuildOptions {
	readonly architecture: Architecture;
	readonly signal: AbortSignal;
	/** Told what is going on; `log` grows meanwhile. */
	readonly onStage: (text: string, log?: string) => void;
}

/** Everything that makes a difference to the image. */
export interface KernelInputs {
	readonly architecture: Architecture;
	readonly source: ResolvedSource;
	readonly patches: readonly Patch[];
	readonly fragments: readonly Fragment[];
	readonly tools: Toolchain;
}

/** Digest of every input; mails that differ in their headers only are the same patch. */
export const kernelKeyOf = ({ architecture, source, patches, fragments, tools }: KernelInputs): string =>
	digestOf(
		`recipe ${RECIPE} ${architecture}`,
		source.version,
		source.sha256,
		tools.compiler,
		tools.linker,
		`patches ${patches.length}`,
		...patches.map(({ diff }) => diff),
		...fragments.map(({ text }) => text),
	);

/** A wish for a kernel that is still to be built. */
export type BuildableWish = Omit<KernelWish, "source"> & { readonly source: BuildableSource };

/** Finds out what a wish stands for today. */
export const inputsOf = async (
	wish: BuildableWish,
	{ architecture, signal, onStage }: BuildOptions,
): Promise<KernelInputs> => {
	// The cheap things first: a typing error should not wait for the network.
	const fragments = await Promise.all(wish.fragments.map(async (name) => await readFragment(name, architecture)));
	const stack = await readStack(wish.series, signal);
	const base = stack.find((series) => series.base !== undefined)?.base;
	const [source, tools] = await Promise.all([resolveSource(wish.source, base, { signal, onStage }), toolchain(signal)]);
	for (const doubt of await doubtsAbout(stack, source, signal)) onStage(`warning: ${doubt}`);
	return { architecture, source, patches: patchesOf(stack), fragments, tools };
};

const isFull = (line: string): boolean => /No space left on device|Disk quota exceeded/.test(line);

const throwIfFull = (error: unknown, kernel: string, log = ""): void => {
	const lines = error instanceof LabError ? error.evidence : [];
	if (![...lines, log].some(isFull)) return;
	throw new LabError({
		code: "disk-full",
		sentence: `No space left while building kernel "${kernel}".`,
		hint: "A build needs about 2.5 GB below the cache folder. `fuselab gc` removes what is not in use.",
		evidence: lines,
		cause: error,
	});
};

interface Site {
	readonly wish: BuildableWish;
	readonly key: string;
	readonly inputs: KernelInputs;
	/** The working tree; gone after the build. */
	readonly tree: string;
	readonly logFile: string;
}

const make = async (
	site: Site,
	targets: readonly string[],
	options: Partial<RunOptions> & Pick<RunOptions, "signal">,
) => {
	await run("nice", ["-n", "5", ...makeArguments(site.inputs.tools, site.inputs.architecture), ...targets], {
		cwd: site.tree,
		env: makeEnvironment(site.tree),
		logFile: site.logFile,
		failure: "build-failed",
		...options,
	});
};

const compile = async (site: Site, signal: AbortSignal): Promise<void> => {
	const { wish, inputs, tree, logFile } = site;
	try {
		await make(site, [IMAGES[inputs.architecture].target], { signal, timeoutMs: COMPILE_TIMEOUT_MS });
	} catch (error) {
		signal.throwIfAborted();
		// Only a compiler that said no is the kernel's fault; a time-out or a make that is missing is not.
		if (!(error instanceof LabError) || !/exited with status/.test(error.message)) throw error;
		const log = (await readIfThere(logFile)) ?? "";
		throwIfFull(error, wish.name, log);
		const fault = firstFault(log);
		const patched = fault?.file === undefined ? undefined : await readIfThere(path.resolve(tree, fault.file));
		throw buildFailed({
			kernel: wish.name,
			log,
			logFile,
			fault,
			blamed: fault === undefined ? undefined : blame(fault, patched ?? "", inputs.patches),
			patches: inputs.patches.length,
		});
	}
};

const makeTree = async (site: Site, { signal, onStage }: BuildOptions): Promise<void> => {
	const { inputs, tree, logFile } = site;
	const { source, patches } = inputs;
	await source.unpack(tree, { signal, onStage });
	await applySeries(tree, patches, { signal, onStage, readBlob: source.readBlob?.(signal) });
	onStage("configuring", logFile);
	const configureBy = async (targets: readonly string[]): Promise<void> =>
		await make(site, targets, { signal, timeoutMs: CONFIGURE_TIMEOUT_MS });
	await configure(tree, inputs, configureBy, signal);
};

const build = async (site: Site, temporary: string, options: BuildOptions): Promise<void> => {
	const { wish, key, inputs, tree, logFile } = site;
	const started = performance.now();
	await makeTree(site, options);
	options.onStage(
		`compiling kernel "${wish.name}"${inputs.tools.ccache ? "" : " (without ccache)"}; the first takes several minutes`,
		logFile,
	);
	await compile(site, options.signal);
	await mkdir(temporary, { recursive: true });
	const image = path.join(temporary, "image");
	await copyFile(path.join(tree, IMAGES[inputs.architecture].file), image);
	await copyFile(path.join(tree, ".config"), path.join(temporary, "config"));
	await copyFile(logFile, path.join(temporary, "build.log"));
	await keepKernel(temporary, {
		version: 1,
		name: wish.name,
		key,
		sourceVersion: inputs.source.version,
		sourceSha256: inputs.source.sha256,
		imageSha256: await sha256OfFile(image),
		compiler: inputs.tools.compiler,
		buildSeconds: (performance.now() - started) / 1000,
	});
	await rm(logFile, { force: true });
};

const workFolder = (): string => path.join(folders.cache(), "work");

/** Removes what a build of this key left behind when its process was killed; the caller holds the lock. */
const clear = async (key: string): Promise<void> => {
	await rm(path.join(workFolder(), key.slice(0, 12)), { recursive: true, force: true });
	for (const name of await readdir(kernelsFolder()))
		if (name.startsWith(`.${key}.tmp-`)) await rm(path.join(kernelsFolder(), name), { recursive: true, force: true });
};

const buildCleanly = async (wish: BuildableWish, key: string, inputs: KernelInputs, options: BuildOptions) => {
	const logs = await ensureFolder(path.join(folders.state(), "logs"));
	const work = path.join(workFolder(), key.slice(0, 12));
	// In the state folder from the start: it outlives a failure, and a kill.
	const site: Site = {
		wish,
		key,
		inputs,
		tree: path.join(work, "tree"),
		logFile: path.join(logs, `build-${key.slice(0, 12)}.log`),
	};
	await clear(key);
	const disown = ownPath(await ensureFolder(work));
	await rm(site.logFile, { force: true });
	try {
		await build(site, path.join(kernelsFolder(), `.${key}.tmp-${process.pid}`), options);
	} catch (error) {
		throwIfFull(error, wish.name);
		return explainFull(error, `kernel "${wish.name}"`);
	} finally {
		await clear(key);
		disown();
	}
};

/** Grants a wish: from the cache, or by a build that other processes with the same wish wait for. */
export const buildKernel = async (wish: KernelWish, options: BuildOptions): Promise<KernelBuild> => {
	const { source } = wish;
	if (source.kind !== "debian-image") return await buildFromSource({ ...wish, source }, options);
	if (options.architecture === "um")
		throw new LabError({
			code: "config-invalid",
			sentence: `Kernel "${wish.name}" is a package of Debian's, and none of these runs as a program.`,
			hint: "Name a source to build from, or another machine than `uml`.",
		});
	return await fetchKernel(wish.name, source, options);
};

const buildFromSource = async (wish: BuildableWish, options: BuildOptions): Promise<KernelBuild> => {
	const inputs = await inputsOf(wish, options);
	const key = kernelKeyOf(inputs);
	const asked = { name: wish.name, patches: inputs.patches.map(summaryOf) };
	const lock = path.join(kernelsFolder(), `.${key}.lock`);
	const onWait = ({ pid }: { readonly pid: number }): void =>
		options.onStage(`process ${pid} is building kernel "${wish.name}"; waiting for it`);
	await ensureFolder(kernelsFolder());
	const ready = await findKernel(key, asked);
	if (ready !== undefined) return ready;
	return await withLock(lock, options.signal, onWait, async () => {
		const madeMeanwhile = await findKernel(key, asked);
		if (madeMeanwhile !== undefined) return madeMeanwhile;
		await buildCleanly(wish, key, inputs, options);
		const built = await findKernel(key, asked);
		if (built === undefined)
			throw new LabError({
				code: "build-failed",
				sentence: `Kernel "${wish.name}" was built, and its image could not be read back.`,
				hint: "Is the disk full or failing? Start again.",
			});
		return { ...built, fromCache: false };
	});
};
