/** Series that lie on disk as files: mboxes, maildirs, folders of patches. */
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { isMissing } from "../../orchestrator/host/files.ts";
import { splitMbox } from "./mail.ts";
import { invalidSeries } from "./series.ts";

const LARGEST_FILE = 256 * 1024 * 1024;
/** Mails of a maildir, files of a folder. */
const MOST_FILES = 20_000;

const unreadable = (name: string, cause: unknown) => {
	const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
	return isMissing(cause)
		? invalidSeries(
				`The series ${name} does not exist.`,
				"Name a file or a folder; paths in a config are relative to the config.",
				cause,
			)
		: invalidSeries(`The series ${name} cannot be read${code}.`, "May this user read it? Is it damaged?", cause);
};

/** A file's bytes, unpacked when they are gzip's: mail archives hand out threads as .mbox.gz. */
export const readBytes = async (file: string): Promise<Uint8Array> => {
	try {
		const facts = await stat(file);
		if (!facts.isFile())
			throw invalidSeries(`The series ${file} is no file.`, "Name a kind such as `maildir:` or `quilt:` for a folder.");
		if (facts.size > LARGEST_FILE)
			throw invalidSeries(`The series ${file} is larger than ${LARGEST_FILE / 1024 ** 2} MiB.`, "Is it an mbox?");
		const bytes = await readFile(file);
		return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: LARGEST_FILE }) : bytes;
	} catch (error) {
		if (error instanceof LabError) throw error;
		throw unreadable(file, error);
	}
};

/** Names in a folder, sorted as a shell sorts `*`. */
export const namesIn = async (folder: string): Promise<readonly string[]> => {
	try {
		const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
		if (names.length > MOST_FILES)
			throw invalidSeries(`${folder} holds more than ${MOST_FILES} files.`, "Name a folder with one series in it.");
		return names.sort();
	} catch (error) {
		if (error instanceof LabError) throw error;
		throw unreadable(folder, error);
	}
};

/** Mails of an mbox. */
export const mailsOfMbox = async (file: string): Promise<readonly Uint8Array[]> => splitMbox(await readBytes(file));

const mailsOfFiles = async (files: readonly string[]): Promise<readonly Uint8Array[]> => {
	const mails: Uint8Array[] = [];
	for (const file of files) mails.push(...(await mailsOfMbox(file)));
	return mails;
};

/** Mails of a maildir, read or not. */
export const mailsOfMaildir = async (folder: string): Promise<readonly Uint8Array[]> => {
	const files: string[] = [];
	for (const part of ["cur", "new"])
		for (const name of await namesIn(path.join(folder, part))) files.push(path.join(folder, part, name));
	return await mailsOfFiles(files);
};

/** Mails of a folder of `git format-patch` files: those that end in .patch, .mbox or .eml. */
export const mailsOfFolder = async (folder: string): Promise<readonly Uint8Array[]> => {
	const names = (await namesIn(folder)).filter((name) => /\.(?:patch|mbox|mbx|eml)(?:\.gz)?$/.test(name));
	return await mailsOfFiles(names.map((name) => path.join(folder, name)));
};
