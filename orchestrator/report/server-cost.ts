/** docs/server-cost.md, made from the record of a run of configs/server-cost.yaml. Pure. */

import { plainLine } from "../domain/plain-text.ts";
import type { CellRecord, RunRecord } from "../domain/run.ts";

/** What the costs are to be like: the dearer mode over the cheaper one, at least. */
interface CostPromise {
	readonly text: string;
	readonly jobs: RegExp;
	readonly of: string;
	readonly over: string;
	/** Smallest `over / of`. */
	readonly atLeast: number;
}

const PROMISES: readonly CostPromise[] = [
	{ text: "`uring` no dearer than libfuse's own ring", jobs: /./, of: "uring", over: "uring-libfuse", atLeast: 1 },
	{ text: "`bufpool` no dearer than `uring`", jobs: /./, of: "bufpool", over: "uring", atLeast: 1 },
	{
		text: "`pinned` at least 1.10 times as cheap as `uring`",
		jobs: /^1M-.*-direct$/,
		of: "pinned",
		over: "uring",
		atLeast: 1.1,
	},
	{
		text: "`zerocopy` at least 2.2 times as cheap as `uring`",
		jobs: /^1M-.*-direct$/,
		of: "zerocopy",
		over: "uring",
		atLeast: 2.2,
	},
];

/** Boots of the same kernel differ by this much at small sizes (`n` samples of one boot lie closer). */
const SAME = 0.005;

type Costs = ReadonlyMap<string, number>;
const keyOf = (store: string, job: string, mode: string): string => `${store} ${job} ${mode}`;
const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const costsOf = (cells: readonly CellRecord[]): Costs =>
	new Map(
		cells
			.filter(({ verdict }) => verdict.outcome === "pass")
			.flatMap(({ cell, figures }) =>
				figures.map(
					({ name, summary }) => [keyOf(cell.store, name.replace(/^cost\//, ""), cell.mode), summary.median] as const,
				),
			),
	);

const MIB_OF: Readonly<Record<string, number>> = { "1M": 1, "128k": 1 / 8, "4k": 1 / 256 };

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US");

const tableOf = (store: string, jobs: readonly string[], modes: readonly string[], costs: Costs): readonly string[] => {
	const row = (job: string): string => {
		const base = costs.get(keyOf(store, job, "uring"));
		const squares = modes.map((mode) => {
			const cost = costs.get(keyOf(store, job, mode));
			if (cost === undefined) return "";
			const ratio = base === undefined || mode === "uring" ? "" : ` (${(base / cost).toFixed(2)})`;
			return `${thousands(cost)}${ratio}`;
		});
		const perMiB = base === undefined ? "" : thousands(base / (MIB_OF[job.split("-")[0] ?? ""] ?? 1));
		return `| ${job} | ${squares.join(" | ")} | ${perMiB} |`;
	};
	return [
		`### ${store}`,
		"",
		`| job | ${modes.join(" | ")} | uring, a MiB |`,
		`|---|${modes.map(() => "---:|").join("")}---:|`,
		...jobs.map(row),
		"",
	];
};

const promisesOf = (stores: readonly string[], jobs: readonly string[], costs: Costs): readonly string[] =>
	PROMISES.map(({ text, jobs: wanted, of, over, atLeast }) => {
		const ratios = stores.flatMap((store) =>
			jobs
				.filter((job) => wanted.test(job))
				.flatMap((job) => {
					const [mine, theirs] = [costs.get(keyOf(store, job, of)), costs.get(keyOf(store, job, over))];
					return mine === undefined || theirs === undefined ? [] : [{ place: `${store} ${job}`, ratio: theirs / mine }];
				}),
		);
		const worst = ratios.toSorted((a, b) => a.ratio - b.ratio)[0];
		const short = ratios.filter(({ ratio }) => ratio < atLeast * (1 - SAME));
		const verdict = short.length === 0 ? "holds" : `does not hold in ${short.length} of ${ratios.length}`;
		const places = short.map(({ place, ratio }) => `${place} ${ratio.toFixed(3)}`).join(", ");
		return `| ${text} | ${verdict} | ${worst === undefined ? "" : `${worst.ratio.toFixed(3)} (${worst.place})`} | ${places} |`;
	});

/** The page: tables a store, then each promise with its worst case. */
export const serverCostPage = (run: RunRecord, cells: readonly CellRecord[]): string => {
	const costs = costsOf(cells);
	const stores = unique(cells.map(({ cell }) => cell.store));
	const modes = unique(cells.map(({ cell }) => cell.mode));
	const jobs = unique(cells.flatMap(({ figures }) => figures.map(({ name }) => name.replace(/^cost\//, ""))));
	const [kernel] = run.kernels;
	return [
		"# What a request costs",
		"",
		"Instructions for one request, client, kernel and server together: the guest's clock counts them (QEMU",
		"`-icount shift=0`, one CPU), so the figures repeat on a busy host and say nothing about caches or devices. In",
		"brackets: how many times as cheap as `uring`. Medians of three samples after a warm-up; `uring-libfuse` is libfuse's",
		"own ring in `passthrough_hp`, all others are fuselab's server.",
		"",
		`Made by \`npm run bench:server-cost\` from run ${plainLine(run.id)}: Linux ${plainLine(kernel?.sourceVersion ?? "?")}, ${plainLine(run.host.qemu)} QEMU.`,
		"",
		...stores.flatMap((store) => tableOf(store, jobs, modes, costs)),
		"## What was promised",
		"",
		`A difference below ${SAME * 100} % is what two boots of the same kernel differ by, and counts as none.`,
		"",
		"| promise | verdict | smallest ratio | where it falls short |",
		"|---|---|---|---|",
		...promisesOf(stores, jobs, costs),
		"",
	].join("\n");
};
