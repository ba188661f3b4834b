/** What is asked of every rung of a bisection: measures both ends first, to know how often the others must be tried. */
import type { Figure } from "../domain/figure.ts";
import type { CellRecord } from "../domain/run.ts";
import { lowestRate, repeatsToCatch, samplesToTell } from "../figures/repeats.ts";
import { combine } from "../figures/summary.ts";
import type { Judgement } from "./bisect.ts";

/** Runs the cell so often on one rung, up to the first failure when that is enough; nothing: the rung was not built. */
export type Measure = (prefix: number, times: number, untilFailed: boolean) => Promise<readonly CellRecord[]>;

/** What was seen of one rung. */
export interface Step {
	readonly prefix: number;
	readonly judgement: Judgement;
	readonly detail: string;
	readonly records: readonly CellRecord[];
}

/** Both ends as measured, and either how to judge a rung or the reason why there is nothing to look for. */
export interface Question {
	readonly ends: readonly Step[];
	/** Undefined: there is nothing to look for. */
	readonly how: Judging | undefined;
	/** How sure a judgement is, or why there is none. */
	readonly note: string;
}

/** How one rung is judged. */
export interface Judging {
	/** Cells that are run on it. */
	readonly times: number;
	/** What a figure must reach to be good; undefined for a case. */
	readonly bound?: number;
}

/** Chance of overlooking the culprit in the whole bisection. */
const MISS = 0.01;
/** The failing end is run in these batches until it has failed often enough to say how flaky it is. */
const BATCHES = [5, 10, 25] as const;
const ENOUGH_FAILURES = 3;
const MOST_RUNS = 100;
/** Cells that measure one rung: at least, and at most. */
const FEWEST_CELLS = 2;
const MOST_CELLS = 20;

const percent = (share: number): string => `${(share * 100).toPrecision(2)} %`;

/** A kernel that does not build or boot says nothing about the case. */
const isFailure = ({ verdict }: CellRecord): boolean =>
	verdict.outcome === "fail" && verdict.because !== "build" && verdict.because !== "boot";

/** What runs of a case say about a rung. */
export const judgeCase = (prefix: number, records: readonly CellRecord[]): Step => {
	const failed = records.filter(isFailure);
	const [failure] = failed;
	const other = records.find(({ verdict }) => verdict.outcome !== "pass");
	if (failure !== undefined)
		return {
			prefix,
			judgement: "bad",
			detail: `${failed.length} of ${records.length} failed: ${failure.verdict.detail}`,
			records,
		};
	if (other !== undefined || records.length === 0)
		return { prefix, judgement: "skip", detail: other?.verdict.detail ?? "it was not run", records };
	return { prefix, judgement: "good", detail: `passed ${records.length} of ${records.length}`, records };
};

/** Asks of every rung whether a case passes; `times` overrules how often it is tried. */
export const askCase = async (measure: Measure, total: number, times: number | undefined): Promise<Question> => {
	const records: CellRecord[] = [];
	let bad = judgeCase(total, records);
	for (const batch of BATCHES) {
		records.push(...(await measure(total, batch, false)));
		bad = judgeCase(total, records);
		if (bad.judgement === "skip" || records.filter(isFailure).length >= ENOUGH_FAILURES) break;
	}
	if (bad.judgement !== "bad") return { ends: [bad], how: undefined, note: `With the whole series ${bad.detail}.` };
	const rate = lowestRate(records.filter(isFailure).length, records.length);
	const steps = Math.ceil(Math.log2(total)) + 1;
	const runs = times ?? Math.min(MOST_RUNS, repeatsToCatch(rate, MISS / steps));
	const good = judgeCase(0, await measure(0, runs, true));
	const ends = [bad, good];
	if (good.judgement !== "good")
		return { ends, how: undefined, note: `On the bare source ${good.detail}: no patch of the series is to blame.` };
	const note = `It fails in at least ${percent(rate)} of its runs with the whole series (90 % sure), so ${runs} passes in a row miss that with a probability of ${percent((1 - rate) ** runs)} a rung.`;
	return { ends, how: { times: runs }, note };
};

const figureOf = (records: readonly CellRecord[]): Figure | undefined =>
	records.every(({ verdict }) => verdict.outcome === "pass")
		? combine(records.flatMap(({ figures }) => figures))[0]
		: undefined;

const showFigure = ({ summary: { median, min, max, n }, unit }: Figure): string =>
	`${median.toPrecision(4)} ${unit} (${min.toPrecision(4)}–${max.toPrecision(4)}, n=${n})`;

/** Share by which one figure is worse than another; negative when it is better. */
const lossOf = (before: Figure, after: Figure): number =>
	before.better === "higher"
		? 1 - after.summary.median / before.summary.median
		: after.summary.median / before.summary.median - 1;

/** Share by which the figure of one rung is worse than that of another; undefined where one has none. */
export const lossBetween = (one: readonly CellRecord[], other: readonly CellRecord[]): number | undefined => {
	const [before, after] = [figureOf(one), figureOf(other)];
	return before === undefined || after === undefined ? undefined : lossOf(before, after);
};

const unusable = (prefix: number, records: readonly CellRecord[]): Step => ({
	prefix,
	judgement: "skip",
	detail: records.find(({ verdict }) => verdict.outcome !== "pass")?.verdict.detail ?? "it was not measured",
	records,
});

/** What samples of a figure say about a rung. */
export const judgeFigure = (prefix: number, records: readonly CellRecord[], bound: number): Step => {
	const figure = figureOf(records);
	if (figure === undefined) return unusable(prefix, records);
	const isGood = figure.summary.median >= bound === (figure.better === "higher");
	return { prefix, judgement: isGood ? "good" : "bad", detail: showFigure(figure), records };
};

/** Asks of every rung on which side of the middle between both ends its figure lies. */
export const askFigure = async (
	measure: Measure,
	total: number,
	worse: number,
	times: number | undefined,
): Promise<Question> => {
	const atEnds: Record<"good" | "bad", CellRecord[]> = { good: [], bad: [] };
	// In turn, so that a drift of the host meets both.
	for (let round = 0; round < 2; round += 1) {
		atEnds.good.push(...(await measure(0, FEWEST_CELLS, false)));
		atEnds.bad.push(...(await measure(total, FEWEST_CELLS, false)));
	}
	const [good, bad] = [figureOf(atEnds.good), figureOf(atEnds.bad)];
	const endOf = (prefix: number, judgement: Judgement, figure: Figure | undefined, records: CellRecord[]): Step =>
		figure === undefined ? unusable(prefix, records) : { prefix, judgement, detail: showFigure(figure), records };
	const ends = [endOf(0, "good", good, atEnds.good), endOf(total, "bad", bad, atEnds.bad)];
	if (good === undefined || bad === undefined)
		return { ends, how: undefined, note: "One end cannot be measured, so there is nothing to compare with." };
	const loss = lossOf(good, bad);
	if (loss < worse)
		return {
			ends,
			how: undefined,
			note: `The whole series makes it ${percent(Math.abs(loss))} ${loss < 0 ? "better" : "worse"}; ${percent(worse)} worse was asked for.`,
		};
	const needed = samplesToTell(good.samples, bad.samples);
	const perCell = good.samples.length / atEnds.good.length;
	const cells = times ?? Math.min(MOST_CELLS, Math.max(FEWEST_CELLS, Math.ceil(needed / perCell)));
	const short =
		cells * perCell < needed ? ` ${needed} would be needed against this noise: the answer may be wrong.` : "";
	return {
		ends,
		how: { times: cells, bound: Math.sqrt(good.summary.median * bad.summary.median) },
		note: `The whole series makes it ${percent(loss)} worse; each rung is measured with ${cells * perCell} samples.${short}`,
	};
};
