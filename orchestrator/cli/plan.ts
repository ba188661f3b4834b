import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { interrupt } from "../host/interrupt.ts";
import { chooseMachine } from "../machine/choose.ts";
import { planOf } from "./run.ts";

/** Prints what a run of this config would do. */
export const planCommand = async (config: LabConfig, json: boolean): Promise<number> => {
	const plan = planOf(config);
	const machine = await chooseMachine(config.machine, undefined, interrupt.signal).catch((error: unknown) => {
		if (!(error instanceof LabError)) throw error;
		return { chosen: "none", why: error.message };
	});
	if (json) {
		process.stdout.write(
			`${JSON.stringify({ version: 1, machine: { chosen: machine.chosen, why: machine.why }, ...plan }, null, "\t")}\n`,
		);
		return EXIT.hoped;
	}
	for (const { id } of plan.cells) process.stdout.write(`${id}\n`);
	for (const { id, reason } of plan.ruledOut) process.stdout.write(`${id}  # not run: ${reason}\n`);
	process.stderr.write(`machine ${machine.chosen}: ${machine.why}\n`);
	process.stderr.write(`${plan.cells.length} cells, ${plan.ruledOut.length} ruled out\n`);
	return EXIT.hoped;
};
