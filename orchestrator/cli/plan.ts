import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT } from "../domain/lab-error.ts";
import { planOf } from "./run.ts";

/** Prints what a run of this config would do. */
export const planCommand = async (config: LabConfig, json: boolean): Promise<number> => {
	const plan = planOf(config);
	if (json) {
		process.stdout.write(`${JSON.stringify({ version: 1, ...plan }, null, "\t")}\n`);
		return EXIT.hoped;
	}
	for (const { id } of plan.cells) process.stdout.write(`${id}\n`);
	for (const { id, reason } of plan.ruledOut) process.stdout.write(`${id}  # not run: ${reason}\n`);
	process.stderr.write(`${plan.cells.length} cells, ${plan.ruledOut.length} ruled out\n`);
	return EXIT.hoped;
};
