/** Records onto disk: each is there as soon as it is won, and never half of it. */
import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../domain/lab-error.ts";
import type { CellRecord, RunRecord } from "../domain/run.ts";
import { explainFull, writeAtomically } from "../host/files.ts";
import { ensureFolder } from "../host/folders.ts";
import { insideRun, isRunId, staysInside, stemOf } from "./names.ts";

/** Texts that belong to one cell. */
export interface CellTexts {
	readonly tap?: string;
	readonly kernelLog?: string;
	readonly serverLog?: string;
	readonly fio?: string;
	readonly hang?: string;
}

const FILE_OF = {
	tap: "tap.txt",
	kernelLog: "kernel.log",
	serverLog: "server.log",
	fio: "fio.json",
	hang: "hang.txt",
} as const;

/** Two runs of one config may start within a second. */
const MOST_NAMESAKES = 100;

const jsonOf = (record: unknown): string => `${JSON.stringify(record, null, "\t")}\n`;

const isTaken = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "EEXIST";

/** Writes `run.json` anew. */
export const writeRun = async (folder: string, record: RunRecord): Promise<void> => {
	await writeAtomically(path.join(folder, "run.json"), jsonOf(record));
};

/** Makes the folder of a run below `root` and its first `run.json`; the id gets a number where its name is taken. */
export const createRun = async (
	root: string,
	record: RunRecord,
): Promise<{ readonly folder: string; readonly id: string }> => {
	if (!isRunId(record.id))
		throw new LabError({ code: "usage", sentence: `${JSON.stringify(record.id)} cannot be the name of a run.` });
	await ensureFolder(root);
	for (let namesake = 1; namesake <= MOST_NAMESAKES; namesake += 1) {
		const id = namesake === 1 ? record.id : `${record.id}-${namesake}`;
		const folder = path.join(root, id);
		try {
			await mkdir(folder);
		} catch (error) {
			if (isTaken(error)) continue;
			return explainFull(error, folder);
		}
		await ensureFolder(path.join(folder, "cells"));
		await writeRun(folder, { ...record, id });
		return { folder, id };
	}
	throw new LabError({ code: "busy", sentence: `${MOST_NAMESAKES} runs are named ${record.id} already.` });
};

/** The folder, relative to the run, for the files of one cell. */
export const folderOfCell = (cellId: string): string => `cells/${stemOf(cellId)}`;

/** Writes a text beside a cell's record; gives its name relative to the run folder. */
export const attachText = async (folder: string, cellId: string, name: string, text: string): Promise<string> => {
	const relative = `${folderOfCell(cellId)}/${name}`;
	const file = insideRun(folder, relative);
	await ensureFolder(path.dirname(file));
	await writeAtomically(file, text);
	return relative;
};

/** Copies a file beside a cell's record; gives its name relative to the run folder. */
export const attachFile = async (folder: string, cellId: string, name: string, source: string): Promise<string> => {
	const relative = `${folderOfCell(cellId)}/${name}`;
	const file = insideRun(folder, relative);
	await ensureFolder(path.dirname(file));
	await copyFile(source, file).catch((error: unknown) => explainFull(error, file));
	return relative;
};

/** A log that lies outside the run, such as a compiler's output in the cache; copied once, however many cells name it. */
const bringIn = async (folder: string, source: string): Promise<string> => {
	const relative = `logs/${stemOf(source).slice(-8)}-${path.basename(source).replaceAll(/[^A-Za-z0-9._-]/g, "_")}`;
	const file = insideRun(folder, relative);
	if (existsSync(file)) return relative;
	await ensureFolder(path.dirname(file));
	try {
		await copyFile(source, file);
	} catch (error) {
		// A log that cannot be had is not worth the record.
		if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) explainFull(error, file);
		await writeAtomically(file, `${source} was not there when the record was written.\n`);
	}
	return relative;
};

/** The name inside the run folder of a file that was given relative to it or absolute. */
const nameInRun = async (folder: string, file: string): Promise<string> => {
	const relative = path.isAbsolute(file) ? path.relative(folder, file) : file;
	if (staysInside(relative)) return relative;
	return await bringIn(folder, path.resolve(folder, file));
};

/**
 * Writes one cell's texts and then its record, so that a record never names a file that is not there yet.
 * Gives the record as written; files outside the run are copied into it.
 */
export const writeCell = async (folder: string, record: CellRecord, texts: CellTexts = {}): Promise<CellRecord> => {
	const files: Record<string, string> = {};
	for (const [kind, file] of Object.entries(record.files))
		if (file !== undefined) files[kind] = await nameInRun(folder, file);
	for (const kind of ["tap", "kernelLog", "serverLog", "fio", "hang"] as const) {
		const text = texts[kind];
		if (text !== undefined) files[kind] = await attachText(folder, record.cell.id, FILE_OF[kind], text);
	}
	const written: CellRecord = { ...record, files };
	await ensureFolder(path.join(folder, "cells"));
	await writeAtomically(path.join(folder, "cells", `${stemOf(record.cell.id)}.json`), jsonOf(written));
	return written;
};
