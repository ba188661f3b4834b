import t from "tap";
import type { CellRecord } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import { summarise } from "../figures/summary.ts";
import { askCase, askFigure, judgeCase, judgeFigure, lossBetween, type Measure } from "./bisect-question.ts";

const recordOf = (verdict: Partial<Verdict>, samples: readonly number[] = []): CellRecord => ({
	version: 1,
	cell: {
		id: "k@1/devfuse/tmpfs/c#1",
		kernel: "k@1",
		mode: "devfuse",
		store: "tmpfs",
		work: { kind: "check", name: "c" },
		repeat: 1,
	},
	verdict: { outcome: "pass", because: "ok", detail: "seen", ...verdict },
	proof: null,
	tap: null,
	figures:
		samples.length === 0 ? [] : [{ name: "f", unit: "MiB/s", better: "higher", samples, summary: summarise(samples) }],
	findings: [],
	seconds: 1,
	boot: null,
	files: {},
});

const PASS = recordOf({});
const FAIL = recordOf({ outcome: "fail", because: "not-ok" });
const UNBUILT = recordOf({ outcome: "fail", because: "build" });

/** Gives the records of a rung in turn, as often as it is asked. */
const measureOf = (byPrefix: (prefix: number, run: number) => CellRecord, asked: string[] = []): Measure => {
	const runs = new Map<number, number>();
	return async (prefix, times, untilFailed) => {
		asked.push(`@${prefix} ${times}`);
		const records: CellRecord[] = [];
		for (let time = 0; time < times; time += 1) {
			const run = runs.get(prefix) ?? 0;
			runs.set(prefix, run + 1);
			records.push(byPrefix(prefix, run));
			if (untilFailed && records.at(-1)?.verdict.outcome !== "pass") break;
		}
		return records;
	};
};

t.test("judges a rung by its worst run, and not at all where it was not built", async (t) => {
	t.equal(judgeCase(1, [PASS, PASS]).judgement, "good");
	t.equal(judgeCase(1, [PASS, FAIL]).judgement, "bad");
	t.equal(judgeCase(1, [UNBUILT]).judgement, "skip");
	t.equal(judgeCase(1, [recordOf({ outcome: "broken", because: "lab" }), PASS]).judgement, "skip");
	t.equal(judgeCase(1, []).judgement, "skip");
});

t.test("tries a case the more often the flakier it is at the bad end", async (t) => {
	const always = await askCase(
		measureOf((prefix) => (prefix === 6 ? FAIL : PASS)),
		6,
		undefined,
	);
	const seldom = await askCase(
		measureOf((prefix, run) => (prefix === 6 && run % 4 === 1 ? FAIL : PASS)),
		6,
		undefined,
	);
	t.ok((always.how?.times ?? 0) >= 4 && (always.how?.times ?? 99) <= 10, `${always.how?.times} times`);
	t.ok((seldom.how?.times ?? 0) > 3 * (always.how?.times ?? 99), `${seldom.how?.times} times`);
	t.match(always.ends, [
		{ prefix: 6, judgement: "bad" },
		{ prefix: 0, judgement: "good" },
	]);
	t.equal(
		(
			await askCase(
				measureOf((prefix) => (prefix === 6 ? FAIL : PASS)),
				6,
				2,
			)
		).how?.times,
		2,
	);
});

t.test("says why there is nothing to look for", async (t) => {
	t.match(
		await askCase(
			measureOf(() => PASS),
			6,
			undefined,
		),
		{ how: undefined, note: /whole series passed 40 of 40/ },
	);
	t.match(
		await askCase(
			measureOf(() => FAIL),
			6,
			undefined,
		),
		{ how: undefined, note: /bare source.*no patch/ },
	);
	t.match(
		await askCase(
			measureOf(() => UNBUILT),
			6,
			undefined,
		),
		{ how: undefined, ends: [{ judgement: "skip" }] },
	);
	const same = await askFigure(
		measureOf(() => recordOf({}, [100, 101, 99])),
		6,
		0.05,
		undefined,
	);
	t.match(same, { how: undefined, note: /5.0 % worse was asked for/ });
});

t.test("measures a figure in turn at both ends, and judges the others by the middle", async (t) => {
	const asked: string[] = [];
	const figure = (prefix: number): CellRecord => recordOf({}, prefix >= 4 ? [80, 81, 79] : [100, 101, 99]);
	const { how, ends } = await askFigure(measureOf(figure, asked), 6, 0.05, undefined);
	t.strictSame(asked, ["@0 2", "@6 2", "@0 2", "@6 2"]);
	t.match(ends, [{ judgement: "good" }, { judgement: "bad" }]);
	const bound = how?.bound ?? Number.NaN;
	t.ok(bound > 85 && bound < 95, `${bound}`);
	t.equal(judgeFigure(3, [figure(3)], bound).judgement, "good");
	t.equal(judgeFigure(4, [figure(4)], bound).judgement, "bad");
	t.equal(judgeFigure(4, [UNBUILT], bound).judgement, "skip");
	t.ok(Math.abs((lossBetween([figure(3)], [figure(4)]) ?? 0) - 0.2) < 0.01);
});
