/**
 * Takes a patch back by the files that it changed. Applying it in reverse is no way back: where the patch had gone in
 * with an offset, its reverse may come off at another place that looks the same, without a word.
 */
import { copyFile, lstat, mkdir, readlink, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { isMissing, sha256OfFile } from "../orchestrator/host/files.ts";

export const changedShape = z.object({
	/** Path in the tree. */
	file: z.string(),
	/** Whether the file was there before the patch. */
	wasThere: z.boolean(),
	/** What the patch left: see `printOf`. */
	left: z.string().nullable(),
});

/** What one patch did to one file. */
export type Changed = Readonly<z.infer<typeof changedShape>>;

const kindOf = async (file: string): Promise<"file" | "link" | null> => {
	try {
		return (await lstat(file)).isSymbolicLink() ? "link" : "file";
	} catch (error) {
		if (isMissing(error)) return null;
		throw error;
	}
};

/** Tells two contents apart; null: there is none. */
const printOf = async (file: string): Promise<string | null> => {
	const kind = await kindOf(file);
	if (kind === null) return null;
	return kind === "link" ? `-> ${await readlink(file)}` : await sha256OfFile(file);
};

/** Copies one file, which may be a symbolic link, over another; false when there is none. The copy is new to make(1). */
const copyOver = async (from: string, to: string): Promise<boolean> => {
	const kind = await kindOf(from);
	if (kind === null) return false;
	await mkdir(path.dirname(to), { recursive: true });
	await rm(to, { force: true });
	await (kind === "link" ? symlink(await readlink(from), to) : copyFile(from, to));
	return true;
};

/** Keeps the files of a tree as they are, in a folder that it makes anew. */
export const keepFiles = async (tree: string, files: readonly string[], folder: string): Promise<void> => {
	await rm(folder, { recursive: true, force: true });
	for (const file of files) await copyOver(path.join(tree, file), path.join(folder, file));
};

/** What has become of files since they were kept. */
export const whatChanged = async (tree: string, files: readonly string[], folder: string): Promise<Changed[]> =>
	await Promise.all(
		files.map(async (file) => ({
			file,
			wasThere: (await kindOf(path.join(folder, file))) !== null,
			left: await printOf(path.join(tree, file)),
		})),
	);

/** Puts the kept files back; false when a file is no longer what the patch left, or a kept one is gone. */
export const putBack = async (tree: string, folder: string, changed: readonly Changed[]): Promise<boolean> => {
	for (const { file, wasThere, left } of changed) {
		const place = path.join(tree, file);
		if ((await printOf(place)) !== left) return false;
		if (!wasThere) await rm(place, { force: true });
		else if (!(await copyOver(path.join(folder, file), place))) return false;
	}
	return true;
};
