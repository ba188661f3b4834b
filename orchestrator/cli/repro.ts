/** `fuselab repro RUN/CELL`: the config that the run kept is run again for this cell alone. */
import { findRun, readRun } from "../archive/read.ts";
import { onMachine } from "../config/on-machine.ts";
import { LabError } from "../domain/lab-error.ts";
import { folders } from "../host/folders.ts";
import { readConfigText, runCommand } from "./run.ts";

const withoutRepeat = (id: string): string => id.replace(/#\d+$/, "");

export const reproCommand = async (target: string, times: number | undefined, json: boolean): Promise<number> => {
	const slash = target.indexOf("/");
	if (slash < 1)
		throw new LabError({
			code: "usage",
			sentence: `\`${target}\` names no cell.`,
			hint: "RUN/CELL is wanted, as the report prints it; RUN may be `latest`.",
		});
	const wanted = withoutRepeat(target.slice(slash + 1));
	const { run, cells } = await readRun(await findRun(target.slice(0, slash), folders.runs()));
	if (!run.planned.some((id) => withoutRepeat(id) === wanted))
		throw new LabError({
			code: "run-missing",
			sentence: `Run ${run.id} has no cell ${wanted}.`,
			evidence: cells.map(({ cell }) => cell.id).slice(0, 20),
			hint: "`fuselab report` lists the cells that failed, each with its repro line.",
		});
	// Relative paths in the kept text start where the old config stood.
	// `fuselab ladder` makes rungs of a config that names none.
	const prefix = /^[^/]*@(\d+)(?:\+\d+cpus)?\//.exec(wanted)?.[1];
	const otherwise = prefix === undefined ? {} : { otherwise: [Number(prefix)] };
	const config = onMachine(await readConfigText(run.config, run.configPath, otherwise), run.machine.kind);
	return await runCommand(config, {
		json,
		only: (id) => withoutRepeat(id) === wanted,
		...(times === undefined ? {} : { times }),
	});
};
