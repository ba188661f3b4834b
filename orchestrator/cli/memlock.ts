/** `fuselab memlock`: what locked memory a server is charged for, predicted and found, to the page. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { MachineKind } from "../domain/cell.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { MEMLOCK_USERS, type MemlockOutcome, type MemlockTrial, type MemlockUser } from "../domain/memlock.ts";
import { type MemlockQuestion, type MemlockRecord, type MemlockRow, questionsAbout } from "../domain/memlock-row.ts";
import { matchesPattern } from "../domain/pattern.ts";
import { readIfThere } from "../host/files.ts";
import { interrupt } from "../host/interrupt.ts";
import type { Guest } from "../machine/guest.ts";
import { renderMemlock } from "../report/memlock.ts";
import { memlockPage } from "../report/memlock-page.ts";
import { memlockPlot } from "../report/memlock-plot.ts";
import { answer } from "../runner/memlock.ts";
import { writeConfigs } from "./memlock-config.ts";
import { Boots, prepareBench, prepareKernel } from "./prepare.ts";
import { openView, type View } from "./stage.ts";

export interface MemlockOptions {
	readonly machine?: MachineKind;
	readonly user?: MemlockUser;
	readonly rows?: string;
	readonly rounds: number;
	readonly json?: boolean;
	/** Files to write: the page for the documentation, the picture, and a folder of a config for each row. */
	readonly markdown?: string;
	readonly plot?: string;
	readonly configs?: string;
}

const TRIAL_MS = 180_000;
const ROUND_MS = 2_000;

const timeoutOf = ({ act }: MemlockTrial): number => TRIAL_MS + (act.kind === "rounds" ? act.count * ROUND_MS : 0);

const attemptIn =
	(guest: Guest, slowness: number) =>
	async (trial: MemlockTrial): Promise<MemlockOutcome> => {
		const end = await guest.memlock(trial, timeoutOf(trial) * slowness, interrupt.signal);
		if (end?.outcome != null) return end.outcome;
		throw new LabError({
			code: "channel-lost",
			sentence: `The guest could not try ${trial.server.mode} as ${trial.user} with ${trial.limit} bytes: ${end?.error ?? "it ended or fell silent"}.`,
			hint: "Its console is in the folder of the boot.",
		});
	};

/** The questions about every mode of the config that a pattern of row names leaves. */
const questionsOf = (config: LabConfig, options: MemlockOptions, libfuse: string): readonly MemlockQuestion[] => {
	const users = options.user === undefined ? MEMLOCK_USERS : [options.user];
	const questions = config.modes.flatMap((mode) =>
		questionsAbout(
			{ mode, depth: config.server.queueDepth, options: config.server.options, build: config.server.build, libfuse },
			users,
			config.machine.cpus,
			options.rounds,
		),
	);
	return questions.filter(({ name }) => options.rows === undefined || matchesPattern(options.rows, name));
};

/** One boot answers every question. */
const answerAll = async (config: LabConfig, options: MemlockOptions, view: View): Promise<MemlockRecord> => {
	const { signal } = interrupt;
	const [wish] = config.kernels;
	if (wish === undefined) throw new LabError({ code: "config-invalid", sentence: `${config.file} names no kernel.` });
	const bench = await prepareBench(signal, view.stage, { server: config.server.build, libfuse: config.libfuse });
	const build = await prepareKernel(wish, config.machine, signal, view.stage);
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-memlock-"));
	try {
		const boots = new Boots(bench, config.machine, folder, signal);
		await using guest = await boots.boot(build, "memlock");
		const queues = guest.hello.cpus;
		const rows: MemlockRow[] = [];
		const questions = questionsOf(config, options, bench.libfuse);
		for (const [index, question] of questions.entries()) {
			view.doing(`${index + 1}/${questions.length} ${question.server.mode}: ${question.name}`);
			const row = await answer(question, queues, attemptIn(guest, boots.slowness));
			rows.push(row);
			view.line(lineOf(row, `${index + 1}/${questions.length}`));
		}
		const { chosen } = await boots.machine(build);
		return { kernel: guest.hello.kernelRelease, source: build.sourceVersion, machine: chosen, queues, rows };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};

const lineOf = ({ question, found, predicted, faults }: MemlockRow, number: string): string =>
	`${number} ${faults.length === 0 ? "holds" : "DIFFERS"} ${question.server.mode}: ${question.name}: ${found ?? "?"} of ${predicted} pages${faults.length === 0 ? "" : `; ${faults[0]}`}`;

/** Explanations are written by hand and stay below this line of the page. */
const BY_HAND = "## Why";

const writeFiles = async (
	config: LabConfig,
	{ markdown, plot, configs }: MemlockOptions,
	record: MemlockRecord,
): Promise<void> => {
	if (plot !== undefined) await writeFile(plot, memlockPlot(record));
	if (markdown !== undefined) {
		const old = (await readIfThere(markdown)) ?? "";
		const kept = old.includes(BY_HAND) ? `\n${old.slice(old.indexOf(BY_HAND))}` : "";
		const picture = path.relative(path.dirname(markdown), plot ?? "memlock.svg");
		await writeFile(markdown, `${memlockPage(record, picture)}${kept}`);
	}
	if (configs !== undefined)
		await writeConfigs(
			config,
			record.rows.map(({ question }) => question),
			configs,
		);
};

/** Prints the table; gives 1 when a row is not as predicted. */
export const memlockCommand = async (config: LabConfig, options: MemlockOptions): Promise<number> => {
	const view = openView();
	let record: MemlockRecord;
	try {
		record = await answerAll(config, options, view);
	} finally {
		view.close();
	}
	await writeFiles(config, options, record);
	const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
	process.stdout.write(
		options.json === true ? `${JSON.stringify(record, null, "\t")}\n` : renderMemlock(record, { colour }),
	);
	return record.rows.some(({ faults }) => faults.length > 0) ? EXIT.subjectFailed : EXIT.hoped;
};
