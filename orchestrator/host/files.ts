import { createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { LabError } from "../domain/lab-error.ts";
import { onLastResort } from "./interrupt.ts";

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
	error instanceof Error && "code" in error && codes.includes(String(error.code));

/** True for ENOENT and ENOTDIR. */
export const isMissing = (error: unknown): boolean => hasCode(error, "ENOENT", "ENOTDIR");

/** Turns ENOSPC and EDQUOT into the sentence a user can act on; anything else is thrown on. */
export const explainFull = (error: unknown, where: string): never => {
	if (hasCode(error, "ENOSPC", "EDQUOT"))
		throw new LabError({
			code: "disk-full",
			sentence: `No space left for ${where}.`,
			hint: "Free some space (`fuselab gc` removes caches that are not in use) and start again; finished results are kept.",
			cause: error,
		});
	throw error;
};

let writes = 0;

/** Writes under a temporary name, syncs, renames: a reader sees the old content or the new, never half of it. */
export const writeAtomically = async (file: string, content: string | Uint8Array): Promise<void> => {
	writes += 1;
	// The number, as one process may write a file twice at once.
	const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}-${writes}.tmp`);
	const forget = onLastResort(() => rmSync(temporary, { force: true }));
	try {
		const handle = await open(temporary, "w");
		try {
			await handle.writeFile(content);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(temporary, file);
	} catch (error) {
		await rm(temporary, { force: true });
		explainFull(error, file);
	} finally {
		forget();
	}
};

/** Hex sha256 of strings and buffers; each part is length-prefixed so that parts cannot run into each other. */
export const digestOf = (...parts: readonly (string | Uint8Array)[]): string => {
	const hash = createHash("sha256");
	for (const part of parts) {
		const bytes = typeof part === "string" ? Buffer.from(part) : part;
		hash.update(`${bytes.length}:`);
		hash.update(bytes);
	}
	return hash.digest("hex");
};

/** Plain sha256 of a file's bytes, hex. */
export const sha256OfFile = async (file: string): Promise<string> => {
	const hash = createHash("sha256");
	await pipeline(createReadStream(file), hash);
	return hash.digest("hex");
};

/** A file's text, or undefined when it does not exist. */
export const readIfThere = async (file: string): Promise<string | undefined> => {
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};
