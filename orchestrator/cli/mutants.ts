/** `fuselab mutants`: would the cases notice? Kernels with seeded bugs, each run until a case fails. */
import path from "node:path";
import { catalogueFolder, readMutants } from "../../kernels/mutants.ts";
import { CASES } from "../../testcases/catalogue.ts";
import { readKillMemory, writeKillMemory } from "../archive/kill-memory.ts";
import { onMachine } from "../config/on-machine.ts";
import type { MachineKind } from "../domain/cell.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import type { Mutant, MutantFinding } from "../domain/mutant.ts";
import { matchesPattern } from "../domain/pattern.ts";
import type { RunEvent } from "../domain/run.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { exitStatusOfHunt, huntJson, renderHunt } from "../report/mutants.ts";
import { hunt } from "../runner/hunt.ts";
import { guestsThatFit } from "./guests.ts";
import { openRun, planOf } from "./run.ts";
import { openView, type View } from "./stage.ts";

export interface MutantsOptions {
	/** Folder of single-patch files; the project's own catalogue without it. */
	readonly from: string | undefined;
	/** Pattern of names, `*` for any characters. */
	readonly only: string | undefined;
	/** How many guests side by side; as many as fit without it. */
	readonly guests: number | undefined;
	readonly json: boolean;
}

const chosen = async ({ from, only }: MutantsOptions): Promise<readonly Mutant[]> => {
	const folder = from ?? catalogueFolder();
	const mutants = (await readMutants(folder)).filter(({ name }) => only === undefined || matchesPattern(only, name));
	if (mutants.length === 0)
		throw new LabError({
			code: "usage",
			sentence: `No mutant of ${folder} is named ${only}.`,
			hint: "`*` stands for any characters.",
		});
	return mutants;
};

/** User-mode Linux is the quickest, and some bugs do not show there. */
const showsOn = ({ machines }: Mutant, kind: MachineKind): boolean =>
	kind !== "uml" || machines === null || machines.includes(kind);

/** The mutants by the machine that they are run on: the one that was asked for, or QEMU where nothing would show on it. */
const byMachine = (mutants: readonly Mutant[], asked: MachineKind): ReadonlyMap<MachineKind, readonly Mutant[]> => {
	const there = mutants.filter((mutant) => showsOn(mutant, asked));
	const elsewhere = mutants.filter((mutant) => !showsOn(mutant, asked));
	return new Map([[asked, there] as const, ["qemu-tcg", elsewhere] as const].filter(([, some]) => some.length > 0));
};

/** Cells come by the thousand here: only what is built and booted is told, and what fails. */
const briefly =
	(view: View) =>
	(event: RunEvent): void => {
		if (event.kind === "cell-start") view.doing(event.cell.id);
		else if (event.kind !== "cell-end" && event.kind !== "boot-end") view.onEvent(event);
	};

const lineOf = ({ result, detail }: MutantFinding, number: string): string =>
	`${number} ${result.outcome.padEnd(14)} ${result.name} ${result.seconds.toFixed(1)} s` +
	`${result.killingCase === null ? "" : `  ${result.killingCase}`}${detail === "" ? "" : `  ${detail}`}`;

/** Hunts the mutants with one config, on its first kernel; findings are told and kept in mind as they come. */
const huntWith = async (
	config: LabConfig,
	mutants: readonly Mutant[],
	guests: number,
	view: View,
	onFinding: (finding: MutantFinding) => void,
): Promise<void> => {
	const [base] = config.kernels;
	if (base === undefined) throw new LabError({ code: "config-invalid", sentence: `${config.file} names no kernel.` });
	const { cells } = planOf({ ...config, kernels: [base], figures: "none", repeat: 1 });
	const file = path.join(await ensureFolder(folders.state()), "mutant-killers.json");
	const memory = await readKillMemory(file);
	// Findings come two at a time: the memory that is written last is the one that knows most.
	let written = Promise.resolve();
	// What a mutant's first kill leaves out is not missing from this run: nothing is planned.
	const run = await openRun({ ...config, name: `${config.name}-mutants` }, { cells: [], ruledOut: [] }, view);
	try {
		await hunt(
			mutants,
			{
				base,
				cells,
				cases: CASES,
				guests,
				memory,
				serverOf: run.serverOf,
				signal: interrupt.signal,
				onFinding: async (finding, learnt) => {
					onFinding(finding);
					written = written.then(async () => await writeKillMemory(file, learnt));
					await written;
				},
			},
			{ ...run.ports, onEvent: briefly(view) },
		);
	} finally {
		await run.close();
		view.line(`Records: ${run.folder}`);
	}
};

/** The same config with its largest number of CPUs alone: more queues show more, and fewer boots are needed. */
const withMostCpus = (config: LabConfig): LabConfig => {
	const cpus = Math.max(...config.cpus);
	return { ...config, cpus: [cpus], machine: { ...config.machine, cpus } };
};

/** Prints the table of all mutants that were decided; gives the exit status. */
export const mutantsCommand = async (config: LabConfig, options: MutantsOptions): Promise<number> => {
	const mutants = await chosen(options);
	const guests = options.guests ?? guestsThatFit(config.machine);
	const findings: MutantFinding[] = [];
	const view = openView();
	try {
		view.line(`${mutants.length} mutants, ${guests} guests side by side`);
		for (const [kind, some] of byMachine(mutants, config.machine.kind))
			await huntWith(onMachine(withMostCpus(config), kind), some, guests, view, (finding) => {
				findings.push(finding);
				view.line(lineOf(finding, `${findings.length}/${mutants.length}`));
			});
	} catch (error) {
		if (!interrupt.signal.aborted) throw error;
	} finally {
		view.close();
	}
	const places = new Map(mutants.map(({ name }, index) => [name, index]));
	findings.sort((a, b) => (places.get(a.mutant.name) ?? 0) - (places.get(b.mutant.name) ?? 0));
	const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
	process.stdout.write(options.json ? huntJson(findings) : renderHunt(findings, { colour }));
	if (interrupt.signal.aborted) return interrupt.received() === "SIGTERM" ? EXIT.sigterm : EXIT.sigint;
	return exitStatusOfHunt(findings);
};
