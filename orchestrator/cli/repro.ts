/** `fuselab repro RUN/CELL`: one cell of an old run again, and a script that runs it without fuselab. */
import { chmod } from "node:fs/promises";
import path from "node:path";
import { findRoot } from "../../guest/root/root.ts";
import { readRun } from "../archive/read.ts";
import { writeAtomically } from "../host/files.ts";
import { findRecordedCell, reproScriptOf, squareOf } from "./recorded-cell.ts";
import { runCommand } from "./run.ts";

const writeScript = async (folder: string): Promise<void> => {
	const root = await findRoot();
	const script = root && (await reproScriptOf(await readRun(folder), root.path));
	if (script === undefined) return;
	const file = path.join(folder, "repro.sh");
	await writeAtomically(file, script);
	await chmod(file, 0o755);
	process.stderr.write(`Without fuselab: sh ${file}\n`);
};

export const reproCommand = async (target: string, times: number | undefined, json: boolean): Promise<number> => {
	const { config, cell, built } = await findRecordedCell(target);
	return await runCommand(config, {
		json,
		only: (id) => squareOf(id) === squareOf(cell.id),
		...(times === undefined ? {} : { times }),
		...(built === undefined ? {} : { built: { ...built, fromCache: true } }),
		afterwards: writeScript,
	});
};
