import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { KernelBuild, PatchSummary } from "../orchestrator/domain/kernel.ts";
import { isMissing, readIfThere, sha256OfFile, writeAtomically } from "../orchestrator/host/files.ts";
import { folders } from "../orchestrator/host/folders.ts";

/** kernel.json: what an entry says about itself; paths follow from where it lies. */
const entryShape = z.object({
	version: z.literal(1),
	name: z.string(),
	key: z.string().regex(/^[0-9a-f]{64}$/),
	sourceVersion: z.string(),
	sourceSha256: z.string(),
	imageSha256: z.string(),
	compiler: z.string(),
	buildSeconds: z.number(),
});

/** The facts that kernel.json keeps. */
export type KernelEntry = Readonly<z.infer<typeof entryShape>>;

/** A built kernel in the cache. */
export interface CachedKernel {
	readonly key: string;
	/** The name in the wish that it was built for. */
	readonly name: string;
	readonly bytes: number;
	/** Last use, milliseconds since 1970. */
	readonly usedMs: number;
	/** Absolute path of the bootable image. */
	readonly image: string;
}

/** Folder of all built kernels. */
export const kernelsFolder = (): string => path.join(folders.cache(), "kernels");

/** Folder of one built kernel. */
export const entryFolder = (key: string): string => path.join(kernelsFolder(), key);

const readEntry = async (folder: string): Promise<KernelEntry | undefined> => {
	const text = await readIfThere(path.join(folder, "kernel.json"));
	try {
		return text === undefined ? undefined : entryShape.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
};

const isIntact = async (folder: string, entry: KernelEntry): Promise<boolean> => {
	try {
		await Promise.all([stat(path.join(folder, "config")), stat(path.join(folder, "build.log"))]);
		return (await sha256OfFile(path.join(folder, "image"))) === entry.imageSha256;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
};

/** A kernel of the cache, verified; a damaged entry counts as none. `asked` is what this wish calls its parts. */
export const findKernel = async (
	key: string,
	asked: { readonly name: string; readonly patches: readonly PatchSummary[] },
): Promise<KernelBuild | undefined> => {
	const folder = entryFolder(key);
	const entry = await readEntry(folder);
	if (entry === undefined || entry.key !== key || !(await isIntact(folder, entry))) return undefined;
	await utimes(path.join(folder, "kernel.json"), new Date(), new Date());
	const { version: _, ...facts } = entry;
	return {
		...facts,
		...asked,
		image: path.join(folder, "image"),
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
		const sizes = await Promise.all(
			["image", "config", "build.log"].map((name) =>
				stat(path.join(folder, name)).then(
					({ size }) => size,
					() => 0,
				),
			),
		);
		found.push({
			key,
			name: entry.name,
			bytes: sizes.reduce((sum, size) => sum + size, 0),
			usedMs: (await stat(path.join(folder, "kernel.json"))).mtimeMs,
			image: path.join(folder, "image"),
		});
	}
	return found.sort((a, b) => a.usedMs - b.usedMs);
};

/** Removes a built kernel; kernel.json first, so that a half-removed entry is not taken for one. */
export const removeKernel = async (key: string): Promise<void> => {
	const folder = entryFolder(key);
	await rm(path.join(folder, "kernel.json"), { force: true });
	await rm(folder, { recursive: true, force: true });
};
