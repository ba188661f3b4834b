import { copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import type { Architecture, KernelBuild, KernelWish } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { digestOf, explainFull, sha256OfFile } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { ownPath } from "../orchestrator/host/ledger.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { type Asked, findImported, findKernel, type KernelEntry, keepKernel, kernelsFolder } from "./cache.ts";
import { type CompileOrder, compileTree, configureTree, throwIfFull } from "./compile.ts";
import { type Fragment, readFragment } from "./config.ts";
import { findFailure, keepFailure } from "./failures.ts";
import { PatchBreaksBuild } from "./fault.ts";
import { keepNotes } from "./gcov.ts";
import { fetchKernel } from "./prebuilt.ts";
import { type Patch, patchesOf, readStack, summaryOf } from "./series.ts";
import { doubtsAbout } from "./series-input/doubts.ts";
import { type BuildableSource, resolveSource } from "./source/resolve.ts";
import type { ResolvedSource } from "./source/resolved.ts";
import { type Toolchain, toolchain } from "./toolchain.ts";
import { compiledIn } from "./warnings.ts";
import { digestOfPatch, listTrees, lockOfTree, removeTree, WorkTree, workFolder } from "./work-tree.ts";

/** Raised when the same inputs would be built in another way. */
const RECIPE = "2";
/** What make is asked for, and where it puts that. */
const IMAGES = {
	x86_64: { target: "bzImage", file: "arch/x86/boot/bzImage" },
	um: { target: "linux", file: "linux" },
} as const satisfies Record<Architecture, { readonly target: string; readonly file: string }>;
/** Work trees that stay when a new one is made; each takes 2 to 3 GB. */
const KEPT_TREES = 3;

export interface BuildOptions {
	readonly architecture: Architecture;
	readonly signal: AbortSignal;
	/** Told what is going on; `log` grows meanwhile. */
	readonly onStage: (text: string, log?: string) => void;
}

/** Everything that makes a difference to the image, besides the tools. */
export interface WishInputs {
	readonly architecture: Architecture;
	readonly source: ResolvedSource;
	readonly patches: readonly Patch[];
	readonly fragments: readonly Fragment[];
}

/** Everything that makes a difference to the image. */
export interface KernelInputs extends WishInputs {
	readonly tools: Toolchain;
}

/** Digest of all inputs but the patches: kernels of one line take turns in one work tree. */
export const lineKeyOf = ({ architecture, source, fragments, tools }: Omit<KernelInputs, "patches">): string =>
	digestOf(
		`recipe ${RECIPE} ${architecture}`,
		source.version,
		source.sha256,
		tools.compiler,
		tools.linker,
		...fragments.map(({ text }) => text),
	);

/** Digest of every input; mails that differ in their headers only are the same patch. */
export const kernelKeyOf = (inputs: KernelInputs): string =>
	digestOf(lineKeyOf(inputs), ...inputs.patches.map(digestOfPatch));

/** Digest of all inputs but the tools. */
export const wishKeyOf = (inputs: WishInputs): string =>
	digestOf(
		lineKeyOf({ ...inputs, tools: { compiler: "", linker: "", ccache: false } }),
		...inputs.patches.map(digestOfPatch),
	);

/** A wish for a kernel that is still to be built. */
export type BuildableWish = Omit<KernelWish, "source"> & { readonly source: BuildableSource };

/** Finds out what a wish stands for today. */
const wishInputsOf = async (
	wish: BuildableWish,
	{ architecture, signal, onStage }: BuildOptions,
): Promise<WishInputs> => {
	// The cheap things first: a typing error should not wait for the network.
	const fragments = await Promise.all(wish.fragments.map(async (name) => await readFragment(name, architecture)));
	const stack = await readStack(wish.series, signal);
	const base = stack.find((series) => series.base !== undefined)?.base;
	const source = await resolveSource(wish.source, base, { signal, onStage });
	for (const doubt of await doubtsAbout(stack, source, signal)) onStage(`warning: ${doubt}`);
	return { architecture, source, patches: patchesOf(stack).slice(0, wish.rung?.prefix), fragments };
};

interface Site {
	readonly wish: BuildableWish;
	readonly key: string;
	readonly inputs: KernelInputs;
	/** Folder of the work tree. */
	readonly folder: string;
	readonly logFile: string;
}

/** The line's tree with exactly this kernel's patches; a tree in which they cannot be had is made anew. */
const openTree = async ({ inputs, folder }: Site, options: BuildOptions): Promise<WorkTree> => {
	const { source, patches } = inputs;
	const unpack = async (tree: string): Promise<void> => await source.unpack(tree, options);
	const applying = { ...options, readBlob: source.readBlob?.(options.signal) };
	const tree = await WorkTree.open(folder, applying, unpack);
	if (await tree.carry(patches)) return tree;
	const fresh = await WorkTree.open(folder, applying, unpack);
	await fresh.carry(patches);
	return fresh;
};

/** Builds in the site's tree and puts image, config and log into `output`, which it makes; gives the facts. */
const buildInto = async (site: Site, output: string, options: BuildOptions): Promise<KernelEntry> => {
	const { wish, inputs, logFile } = site;
	const started = performance.now();
	await rm(logFile, { force: true });
	const tree = await openTree(site, options);
	const order: CompileOrder = { ...inputs, kernel: wish.name, tree, logFile, signal: options.signal };
	if (!tree.configured) options.onStage("configuring", logFile);
	await configureTree(order);
	options.onStage(`compiling kernel "${wish.name}"${inputs.tools.ccache ? "" : " (without ccache)"}`, logFile);
	const log = await compileTree(order, [IMAGES[inputs.architecture].target]);
	await mkdir(output, { recursive: true });
	const image = path.join(output, "image");
	await copyFile(path.join(tree.path, IMAGES[inputs.architecture].file), image);
	await keepNotes(tree.path, image);
	await copyFile(path.join(tree.path, ".config"), path.join(output, "config"));
	// The bootable image of user-mode Linux is the ELF file itself.
	const config = await readFile(path.join(output, "config"), "utf8");
	if (/^CONFIG_DEBUG_INFO=y$/m.test(config) && inputs.architecture !== "um")
		await copyFile(path.join(tree.path, "vmlinux"), path.join(output, "vmlinux"));
	await rename(logFile, path.join(output, "build.log"));
	return {
		version: 2,
		name: wish.name,
		key: site.key,
		wishKey: wishKeyOf(inputs),
		sourceVersion: inputs.source.version,
		sourceSha256: inputs.source.sha256,
		imageSha256: await sha256OfFile(image),
		imageBytes: (await stat(image)).size,
		compiler: inputs.tools.compiler,
		buildSeconds: (performance.now() - started) / 1000,
		compiledFiles: compiledIn(log).length,
		warnings: [...tree.warnings],
	};
};

/** A new work tree takes the place of the ones used least. */
const makeRoom = async (folder: string, signal: AbortSignal): Promise<void> => {
	const others = (await listTrees()).filter((tree) => tree.folder !== folder);
	for (const { folder: old } of others.slice(0, Math.max(0, others.length - KEPT_TREES))) await removeTree(old, signal);
};

/** Removes what builds of this key left behind when their process was killed; the caller holds the tree's lock. */
const clear = async (key: string): Promise<void> => {
	for (const name of await readdir(kernelsFolder()))
		if (name.startsWith(`.${key}.tmp-`)) await rm(path.join(kernelsFolder(), name), { recursive: true, force: true });
};

const buildAndKeep = async (site: Site, options: BuildOptions): Promise<void> => {
	const { wish, key, folder } = site;
	await clear(key);
	await makeRoom(folder, options.signal);
	try {
		const output = path.join(kernelsFolder(), `.${key}.tmp-${process.pid}`);
		await keepKernel(output, await buildInto(site, output, options));
		await utimes(folder, new Date(), new Date());
	} catch (error) {
		throwIfFull(error, wish.name);
		// A fault in a file that no patch touches may be one of this machine, which can be mended.
		if (error instanceof PatchBreaksBuild) throw await keepFailure(key, error);
		return explainFull(error, `kernel "${wish.name}"`);
	} finally {
		await clear(key);
	}
};

const siteOf = async (wish: BuildableWish, inputs: KernelInputs, folder: string): Promise<Site> => {
	const key = kernelKeyOf(inputs);
	// In the state folder from the start: the log outlives a failure, and a kill.
	const logs = await ensureFolder(path.join(folders.state(), "logs"));
	return {
		wish,
		key,
		inputs,
		folder,
		logFile: path.join(logs, `build-${path.basename(folder)}-${key.slice(0, 12)}.log`),
	};
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
	const { signal, onStage } = options;
	await ensureFolder(kernelsFolder());
	const given = await wishInputsOf(wish, options);
	const asked: Asked = {
		name: wish.name,
		patches: given.patches.map(summaryOf),
		...(wish.rung === undefined ? {} : { rung: wish.rung }),
	};
	const imported = await findImported(wishKeyOf(given));
	const brought = imported === undefined ? undefined : await findKernel(imported, asked);
	if (brought !== undefined) return brought;
	const inputs: KernelInputs = { ...given, tools: await toolchain(signal) };
	const folder = path.join(workFolder(), lineKeyOf(inputs).slice(0, 12));
	const site = await siteOf(wish, inputs, folder);
	const known = async (): Promise<KernelBuild | undefined> => {
		const failure = await findFailure(site.key);
		if (failure !== undefined) throw failure;
		return await findKernel(site.key, asked);
	};
	const onWait = ({ pid }: { readonly pid: number }): void =>
		onStage(`process ${pid} is building in the tree of kernel "${wish.name}"; waiting for it`);
	return (
		(await known()) ??
		(await withLock(lockOfTree(folder), signal, onWait, async () => {
			const madeMeanwhile = await known();
			if (madeMeanwhile !== undefined) return madeMeanwhile;
			await buildAndKeep(site, options);
			const built = await findKernel(site.key, asked);
			if (built === undefined)
				throw new LabError({
					code: "build-failed",
					sentence: `Kernel "${wish.name}" was built, and its image could not be read back.`,
					hint: "Is the disk full or failing? Start again.",
				});
			return { ...built, fromCache: false };
		}))
	);
};

/** A folder for one process, gone afterwards. */
const withOwnFolder = async <T>(body: (folder: string) => Promise<T>): Promise<T> => {
	const folder = path.join(workFolder(), `apart-${process.pid}`);
	const disown = ownPath(await ensureFolder(folder));
	try {
		return await body(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
		disown();
	}
};

/**
 * Builds wishes of one line, one after another, in a fresh tree of their own and without the compiler cache. Gives the
 * facts of each build; nothing else is kept of it.
 */
export const buildApart = async (
	wishes: readonly BuildableWish[],
	options: BuildOptions,
): Promise<readonly KernelEntry[]> => {
	const tools = { ...(await toolchain(options.signal)), ccache: false };
	return await withOwnFolder(async (folder) => {
		const entries: KernelEntry[] = [];
		for (const wish of wishes) {
			const site = await siteOf(wish, { ...(await wishInputsOf(wish, options)), tools }, path.join(folder, "line"));
			entries.push(await buildInto(site, path.join(folder, `output-${entries.length}`), options));
		}
		return entries;
	});
};

/** Texts of files of a source, by their paths in the tree. */
export const readSource = async (
	source: BuildableSource,
	files: readonly string[],
	options: Omit<BuildOptions, "architecture">,
): Promise<ReadonlyMap<string, string>> =>
	await withOwnFolder(async (folder) => {
		const tree = path.join(folder, "tree");
		await (await resolveSource(source, undefined, options)).unpack(tree, options);
		const read = async (file: string) => [file, await readFile(path.join(tree, file), "utf8")] as const;
		return new Map(await Promise.all(files.map(read)));
	});
