/** Runs back from disk. */
import { type Dirent, existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { LabError } from "../domain/lab-error.ts";
import type { ArchivedRun, CellRecord } from "../domain/run.ts";
import { isMissing } from "../host/files.ts";
import { isRunId } from "./names.ts";
import { cellSchema, runSchema } from "./records.ts";

/** A record holds points and findings, not logs. */
const LONGEST_RECORD = 64 * 1024 * 1024;

type Read<T> = { readonly record: T } | { readonly reason: string };

/** Reads one JSON file of a shape, or says why it cannot be had. */
export const readRecord = async <T>(file: string, schema: z.ZodType<T>): Promise<Read<T>> => {
	let json: unknown;
	try {
		const { size } = await stat(file);
		if (size > LONGEST_RECORD) return { reason: `it is longer than ${LONGEST_RECORD / 1024 ** 2} MiB` };
		json = JSON.parse(await readFile(file, "utf8"));
	} catch (error) {
		if (isMissing(error)) return { reason: "it is missing" };
		if (error instanceof SyntaxError) return { reason: "it is not JSON" };
		return { reason: error instanceof Error ? error.message : String(error) };
	}
	const parsed = schema.safeParse(json);
	if (parsed.success) return { record: parsed.data };
	const [issue] = parsed.error.issues;
	return { reason: `${issue?.path.join(".") || "record"}: ${issue?.message}` };
};

const entriesOf = async (folder: string): Promise<readonly Dirent[]> =>
	await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
		if (isMissing(error)) return [];
		throw error;
	});

/** Reads a run folder; cell records that cannot be understood are named in it and stop nobody. */
export const readRun = async (folder: string): Promise<ArchivedRun> => {
	const run = await readRecord(path.join(folder, "run.json"), runSchema);
	if ("reason" in run)
		throw new LabError({
			code: "run-missing",
			sentence: `${folder} holds no run that can be read.`,
			hint: "`fuselab runs` lists the runs.",
			evidence: [`run.json: ${run.reason}`],
		});
	const cells: CellRecord[] = [];
	const unreadable: { file: string; reason: string }[] = [];
	const names = (await entriesOf(path.join(folder, "cells")))
		.filter((entry) => entry.isFile() && entry.name.endsWith(".json") && !entry.name.startsWith("."))
		.map(({ name }) => name)
		.sort();
	for (const name of names) {
		const file = `cells/${name}`;
		const cell = await readRecord(path.join(folder, file), cellSchema);
		if ("record" in cell) cells.push(cell.record);
		else unreadable.push({ file, reason: cell.reason });
	}
	const places = new Map(run.record.planned.map((id, index) => [id, index]));
	const placeOf = ({ cell }: CellRecord): number => places.get(cell.id) ?? places.size;
	return {
		folder: path.resolve(folder),
		run: run.record,
		cells: cells.sort((a, b) => placeOf(a) - placeOf(b)),
		unreadable,
	};
};

/** Names of the runs below `root`, oldest first: they begin with their time. */
export const listRuns = async (root: string): Promise<readonly string[]> =>
	(await entriesOf(root))
		.filter(
			(entry) => entry.isDirectory() && isRunId(entry.name) && existsSync(path.join(root, entry.name, "run.json")),
		)
		.map(({ name }) => name)
		.sort();

/** The folder of a run named by its id, by a path, or by `latest`. */
export const findRun = async (idOrPathOrLatest: string, root: string): Promise<string> => {
	const runs = await listRuns(root);
	const newest = runs.at(-1);
	if (idOrPathOrLatest === "latest" && newest !== undefined) return path.join(root, newest);
	if (runs.includes(idOrPathOrLatest)) return path.join(root, idOrPathOrLatest);
	if (existsSync(path.join(idOrPathOrLatest, "run.json"))) return path.resolve(idOrPathOrLatest);
	throw new LabError({
		code: "run-missing",
		sentence:
			newest === undefined
				? `There is no run "${idOrPathOrLatest}": ${root} holds none yet.`
				: `There is no run "${idOrPathOrLatest}".`,
		hint: newest === undefined ? "`fuselab run configs/quick.yaml` makes one." : "Name a run, its folder, or `latest`.",
		evidence: runs.slice(-5).reverse(),
	});
};
