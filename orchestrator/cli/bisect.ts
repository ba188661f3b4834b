/** `fuselab bisect CONFIG`: the patch of a series that broke a case, or that costs throughput. */
import { chmod } from "node:fs/promises";
import path from "node:path";
import { rungsOf } from "../../kernels/rungs.ts";
import { patchesOf, readStack } from "../../kernels/series.ts";
import { type Cell, JOB_SETS, type MachineKind, type Mode, type Store, type Work } from "../domain/cell.ts";
import type { KernelWish, PatchSummary } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, exitStatusOf, LabError } from "../domain/lab-error.ts";
import type { CellRecord } from "../domain/run.ts";
import { writeAtomically } from "../host/files.ts";
import { folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { type BisectFindings, renderBisect } from "../report/bisect.ts";
import { type BisectEnd, bisect } from "../runner/bisect.ts";
import {
	askCase,
	askFigure,
	type Judging,
	judgeCase,
	judgeFigure,
	lossBetween,
	type Measure,
	type Step,
} from "../runner/bisect-question.ts";
import { jobsOf } from "../runner/jobs.ts";
import { runPlan } from "../runner/run-plan.ts";
import { CASE_NAMES, type OpenRun, openRun, readBareConfig } from "./run.ts";
import { openView } from "./stage.ts";

export interface BisectOptions {
	readonly case?: string;
	readonly figure?: string;
	/** Share, e.g. 0.05. */
	readonly worse?: number;
	readonly machine?: MachineKind;
	readonly kernel?: string;
	readonly mode?: string;
	readonly store?: string;
	/** How often each rung is tried, instead of as often as the flakiness of the bad end asks for. */
	readonly times?: number;
	/** A git tree whose checked-out commit is to be judged, and nothing else. */
	readonly tree?: string;
	/** What a figure must reach to be good, for `tree`. */
	readonly bound?: number;
	readonly json?: boolean;
}

/** Share of a figure that counts as lost when none is named. */
const WORSE = 0.05;
/** What `git bisect run` takes for a commit that cannot be tested. */
const CANNOT_JUDGE = 125;

/** What is asked of each kernel: one cell. */
interface Target {
	readonly work: Work;
	readonly mode: Mode;
	readonly store: Store;
}

const usage = (sentence: string, hint: string): LabError => new LabError({ code: "usage", sentence, hint });

const oneOf = <T extends string>(what: string, asked: string | undefined, there: readonly T[]): T => {
	const found = asked === undefined ? there[0] : there.find((one) => one === asked);
	if (found === undefined || (asked === undefined && there.length > 1))
		throw usage(
			asked === undefined ? `The config has more than one ${what}.` : `The config has no ${what} ${asked}.`,
			`Name one by --${what}: ${there.join(", ")}.`,
		);
	return found;
};

const workOf = (options: BisectOptions): Work => {
	if ((options.case === undefined) === (options.figure === undefined))
		throw usage("A case or a figure is wanted.", "Name one by --case or by --figure, not both.");
	if (options.case !== undefined) {
		if (!CASE_NAMES.includes(options.case))
			throw usage(`There is no case ${options.case}.`, "`fuselab cases` lists them.");
		return { kind: "check", name: options.case };
	}
	const jobs = JOB_SETS.flatMap(jobsOf);
	const job = jobs.find(({ name }) => name === options.figure);
	if (job === undefined)
		throw usage(`There is no figure ${options.figure}.`, `Name one of ${jobs.map(({ name }) => name).join(", ")}.`);
	return { kind: "figure", job };
};

const nameOf = ({ work, mode, store }: Target): string =>
	`${work.kind === "check" ? work.name : work.job.name} on ${mode}, ${store}`;

type MeasureKernel = (wish: KernelWish, times: number, untilFailed: boolean) => Promise<readonly CellRecord[]>;

/** Runs the target on one kernel after another within one run; the cells of a kernel are numbered on. */
const measurerOf = (target: Target, run: OpenRun): MeasureKernel => {
	const tried = new Map<string, number>();
	const ids: string[] = [];
	const { work, mode, store } = target;
	const name = work.kind === "check" ? work.name : work.job.name;
	return async (wish, times, untilFailed) => {
		const before = tried.get(wish.name) ?? 0;
		tried.set(wish.name, before + times);
		const kernel = wish.name;
		const cells = Array.from({ length: times }, (_, index): Cell => {
			const repeat = before + index + 1;
			return { id: `${kernel}/${mode}/${store}/${name}#${repeat}`, kernel, mode, store, work, repeat };
		});
		const records: CellRecord[] = [];
		const write: OpenRun["ports"]["write"] = async (record, texts) => {
			const written = await run.ports.write(record, texts);
			records.push(written);
			ids.push(written.cell.id);
			await run.plan(ids);
			return written;
		};
		const context = {
			kernels: [wish],
			serverOf: run.serverOf,
			signal: interrupt.signal,
			isEnough: ({ verdict }: CellRecord) => untilFailed && verdict.outcome !== "pass",
			// Each cell may have had a boot of its own, and a second one that failed.
			bootsBefore: 2 * before,
		};
		await runPlan({ cells, ruledOut: [] }, context, { ...run.ports, write });
		return records;
	};
};

const judge = (prefix: number, records: readonly CellRecord[], { bound }: Pick<Judging, "bound">): Step =>
	bound === undefined ? judgeCase(prefix, records) : judgeFigure(prefix, records, bound);

/** The script that judges whatever commit `git bisect` has checked out. */
const scriptOf = (config: LabConfig, ladder: string, { work, mode, store }: Target, how: Judging): string => {
	const what = work.kind === "check" ? ["--case", work.name] : ["--figure", work.job.name];
	const fuselab = path.join(folders.clone(), "orchestrator/fuselab.mjs");
	const words = [
		...[process.execPath, fuselab, "bisect", config.file, ...what, "--kernel", ladder],
		...["--mode", mode, "--store", store, "--times", String(how.times)],
		...(how.bound === undefined ? [] : ["--bound", String(how.bound)]),
	];
	const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
	return [
		"#!/bin/sh",
		"# Judges the commit that is checked out here: 0 good, 1 bad, 125 cannot tell. In a clone of the kernel:",
		"#   git bisect start BAD GOOD && git bisect run THIS-FILE",
		`exec ${quoted} --tree "$PWD"`,
		"",
	].join("\n");
};

/** Everything that one bisection works with. */
interface Search {
	readonly config: LabConfig;
	readonly target: Target;
	readonly run: OpenRun;
	/** The wishes by their prefix, the bare source first. */
	readonly rungs: readonly KernelWish[];
	readonly patches: readonly PatchSummary[];
}

const rungAt = (rungs: readonly KernelWish[], prefix: number): KernelWish => {
	const rung = rungs[prefix];
	if (rung === undefined) throw new RangeError(`there is no rung ${prefix}`);
	return rung;
};

/** The image of a rung; undefined when it has none by its own fault. */
const imageOf = async (run: OpenRun, wish: KernelWish): Promise<string | undefined> => {
	try {
		return (await run.ports.build(wish)).imageSha256;
	} catch (error) {
		if (error instanceof LabError && exitStatusOf(error.code) === EXIT.subjectFailed) return undefined;
		throw error;
	}
};

/** Halves the ladder; what was seen on the way goes into `seen`. */
const narrow = async ({ run, rungs }: Search, measure: Measure, how: Judging, seen: Step[]): Promise<BisectEnd> => {
	const images = new Map<string, Step>();
	for (const step of seen) images.set((await imageOf(run, rungAt(rungs, step.prefix))) ?? "", step);
	return await bisect({ good: 0, bad: rungs.length - 1 }, async (prefix) => {
		const image = await imageOf(run, rungAt(rungs, prefix));
		const twin = image === undefined ? undefined : images.get(image);
		const step =
			twin === undefined
				? judge(prefix, await measure(prefix, how.times, how.bound === undefined), how)
				: { ...twin, prefix, detail: `as @${twin.prefix}, whose image it has` };
		if (image !== undefined && step.judgement !== "skip") images.set(image, twin ?? step);
		seen.push(step);
		return step.judgement;
	});
};

/** Measures both sides of the culprit once more, in turn; a figure may have drifted since the ends were measured. */
const confirm = async (measure: Measure, { good, bad }: BisectEnd, times: number): Promise<string> => {
	const sides = { good: [] as CellRecord[], bad: [] as CellRecord[] };
	for (let round = 0; round < 2; round += 1) {
		sides.good.push(...(await measure(good, Math.ceil(times / 2), false)));
		sides.bad.push(...(await measure(bad, Math.ceil(times / 2), false)));
	}
	const loss = lossBetween(sides.good, sides.bad);
	if (loss === undefined) return "Measured once more, one side gave no figure.";
	return `Measured once more, in turn, it is ${(loss * 100).toPrecision(2)} % worse with the patch than without it.`;
};

const search = async (given: Search, options: BisectOptions): Promise<BisectFindings> => {
	const { config, target, run, rungs, patches } = given;
	const measureKernel = measurerOf(target, run);
	const measure: Measure = async (prefix, times, untilFailed) =>
		await measureKernel(rungAt(rungs, prefix), times, untilFailed);
	const total = patches.length;
	const question =
		target.work.kind === "check"
			? await askCase(measure, total, options.times)
			: await askFigure(measure, total, options.worse ?? WORSE, options.times);
	const ladder = rungAt(rungs, 0).rung?.ladder ?? "";
	const seen: Step[] = [...question.ends];
	const found = { asked: nameOf(target), ladder, total, seen, folder: run.folder };
	if (question.how === undefined) return { ...found, note: question.note, suspects: [], script: undefined };
	const end = await narrow(given, measure, question.how, seen);
	const script = path.join(run.folder, "bisect.sh");
	await writeAtomically(script, scriptOf(config, ladder, target, question.how));
	await chmod(script, 0o755);
	const again = question.how.bound === undefined ? "" : ` ${await confirm(measure, end, question.how.times)}`;
	return {
		...found,
		note: `${question.note}${again}`,
		suspects: patches.slice(end.good, end.bad),
		script,
	};
};

/** Judges one commit for `git bisect run`: 0 good, 1 bad, 125 cannot tell. */
const judgeTree = async (
	search: Omit<Search, "rungs" | "patches">,
	wish: KernelWish,
	how: Judging,
): Promise<number> => {
	const records = await measurerOf(search.target, search.run)(wish, how.times, how.bound === undefined);
	const { judgement, detail } = judge(0, records, how);
	process.stdout.write(`${judgement}: ${detail}\n`);
	return { good: 0, bad: 1, skip: CANNOT_JUDGE }[judgement];
};

/** Names the patch, writes what was found into the run's folder, prints it. */
export const bisectCommand = async (file: string, options: BisectOptions): Promise<number> => {
	const config = await readBareConfig(file, options.machine);
	const named = config.kernels.filter(({ series }) => series.length > 0).map(({ name }) => name);
	const kernel = oneOf("kernel", options.kernel, named);
	const request = config.kernels.find(({ name }) => name === kernel);
	if (request === undefined) throw new TypeError("a kernel of the config");
	const { prefixes: _, ...wish } = request;
	const target: Target = {
		work: workOf(options),
		mode: oneOf("mode", options.mode, config.modes),
		store: oneOf("store", options.store, config.stores),
	};
	const patches = options.tree === undefined ? patchesOf(await readStack(wish.series, interrupt.signal)) : [];
	const view = openView();
	const run = await openRun(config, { cells: [], ruledOut: [] }, view);
	const given = { config, target, run };
	try {
		if (options.tree !== undefined) {
			const source = { kind: "git", repository: path.resolve(options.tree), ref: "HEAD" } as const;
			const how = { times: options.times ?? 1, ...(options.bound === undefined ? {} : { bound: options.bound }) };
			return await judgeTree(given, { ...wish, source, series: [] }, how);
		}
		const findings = await search({ ...given, rungs: rungsOf(wish, "all", patches), patches }, options);
		await writeAtomically(path.join(run.folder, "bisect.json"), `${JSON.stringify(toJson(findings), null, "\t")}\n`);
		view.close();
		const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
		process.stdout.write(
			options.json === true ? `${JSON.stringify(toJson(findings), null, "\t")}\n` : renderBisect(findings, { colour }),
		);
		process.stderr.write(`Records: ${run.folder}\n`);
		return findings.suspects.length > 0 ? EXIT.hoped : EXIT.cannotTell;
	} finally {
		view.close();
		await run.close();
	}
};

/** The findings with the cells' ids in the place of their records. */
const toJson = ({ seen, ...findings }: BisectFindings): unknown => ({
	version: 1,
	...findings,
	seen: seen.map(({ records, ...step }) => ({ ...step, cells: records.map(({ cell }) => cell.id) })),
});
