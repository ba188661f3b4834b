import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { KernelBuild, PatchSummary, Rung } from "../orchestrator/domain/kernel.ts";
import { isMissing, sha256OfFile, writeAtomically } from "../orchestrator/host/files.ts";
import { folders } from "../orchestrator/host/folders.ts";
import { readJson } from "./json-file.ts";

/** kernel.json: what an entry says about itself; paths follow from where it lies. */
export const entryShape = z.object({
	version: z.literal(2),
	name: z.string(),
	key: z.string().regex(/^[0-9a-f]{64}$/),
	/** Digest of the inputs without the tools, by which a machine with another compiler finds an imported kernel. */
	wishKey: z.string().regex(/^[0-9a-f]{64}$/),
	sourceVersion: z.string(),
	sourceSha256: z.string(),
	imageSha256: z.string(),
	imageBytes: z.number(),
	compiler: z.string(),
	buildSeconds: z.number(),
	compiledFiles: z.number(),
	warnings: z.array(z.object({ file: z.string(), line: z.number().nullable(), text: z.string() })),
	/** Name of the bundle that it came with; absent when it was built here. */
	importedFrom: z.string().exactOptional(),
});

/** The facts that kernel.json keeps. */
export type KernelEntry = Readonly<z.infer<typeof entryShape>>;

/** A built kernel in the cache. */
export interface CachedKernel {
	readonly key: string;
	/** The name in the wish that it was built for. */
	readonly name: string;
	/** Last use, milliseconds since 1970. */
	readonly usedMs: number;
	/** Absolute path of the bootable image. */
	readonly image: string;
	readonly wishKey: string;
	readonly imported: boolean;
}

/** Folder of all built kernels. */
export const kernelsFolder = (): string => path.join(folders.cache(), "kernels");

/** Folder of one built kernel. */
export const entryFolder = (key: string): string => path.join(kernelsFolder(), key);

/** The facts of an entry; undefined when it has none that can be understood. */
export const readEntry = async (folder: string): Promise<KernelEntry | undefined> =>
	await readJson(path.join(folder, "kernel.json"), entryShape);

const isIntact = async (folder: string, entry: KernelEntry): Promise<boolean> => {
	try {
		await Promise.all([stat(path.join(folder, "config")), stat(path.join(folder, "build.log"))]);
		return (await sha256OfFile(path.join(folder, "image"))) === entry.imageSha256;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
};

/** Of two ELF files the first that is there: user-mode Linux is one itself. */
const debugImageIn = async (folder: string): Promise<{ readonly debugImage?: string }> => {
	const config = await readFile(path.join(folder, "config"), "utf8");
	if (!/^CONFIG_DEBUG_INFO=y$/m.test(config)) return {};
	const vmlinux = path.join(folder, "vmlinux");
	if (existsSync(vmlinux)) return { debugImage: vmlinux };
	return /^CONFIG_UML=y$/m.test(config) ? { debugImage: path.join(folder, "image") } : {};
};

/** What a wish calls its parts; an entry may have been built for another one. */
export interface Asked {
	readonly name: string;
	readonly patches: readonly PatchSummary[];
	readonly rung?: Rung;
}

/** A kernel of the cache, verified; a damaged entry counts as none. */
export const findKernel = async (key: string, asked: Asked): Promise<KernelBuild | undefined> => {
	const folder = entryFolder(key);
	const entry = await readEntry(folder);
	if (entry === undefined || entry.key !== key || !(await isIntact(folder, entry))) return undefined;
	await utimes(path.join(folder, "kernel.json"), new Date(), new Date());
	const { version: _, wishKey: __, importedFrom: ___, ...facts } = entry;
	return {
		...facts,
		...asked,
		image: path.join(folder, "image"),
		...(existsSync(path.join(folder, "modules")) ? { modules: path.join(folder, "modules") } : {}),
		...(await debugImageIn(folder)),
		config: path.join(folder, "config"),
		log: path.join(folder, "build.log"),
		fromCache: true,
	};
};

/** Gives a finished folder its place in the cache, in place of a damaged one; kernel.json is the last file written. */
export const keepKernel = async (temporary: string, entry: KernelEntry): Promise<void> => {
	await writeAtomically(path.join(temporary, "kernel.json"), `${JSON.stringify(entry, null, "\t")}\n`);
	await removeKernel(entry.key);
	await rename(temporary, entryFolder(entry.key));
};

/** Built kernels, the one used last at the end. */
export const listKernels = async (): Promise<readonly CachedKernel[]> => {
	const names = await readdir(kernelsFolder()).catch((error: unknown) => {
		if (isMissing(error)) return [];
		throw error;
	});
	const found: CachedKernel[] = [];
	for (const key of names.filter((name) => /^[0-9a-f]{64}$/.test(name))) {
		const folder = entryFolder(key);
		const entry = await readEntry(folder);
		if (entry === undefined) continue;
		found.push({
			key,
			name: entry.name,
			usedMs: (await stat(path.join(folder, "kernel.json"))).mtimeMs,
			image: path.join(folder, "image"),
			wishKey: entry.wishKey,
			imported: entry.importedFrom !== undefined,
		});
	}
	return found.sort((a, b) => a.usedMs - b.usedMs);
};

/** The key of an imported kernel that was made of these inputs with whatever tools; undefined when there is none. */
export const findImported = async (wishKey: string): Promise<string | undefined> =>
	(await listKernels()).findLast((kernel) => kernel.imported && kernel.wishKey === wishKey)?.key;

/** Removes a built kernel; kernel.json first, so that a half-removed entry is not taken for one. */
export const removeKernel = async (key: string): Promise<void> => {
	const folder = entryFolder(key);
	await rm(path.join(folder, "kernel.json"), { force: true });
	await rm(folder, { recursive: true, force: true });
};
