/** Figures side by side: a table per kernel and store, a row a job, a column a mode. */
import type { Cell } from "../domain/cell.ts";
import type { Figure } from "../domain/figure.ts";
import type { ArchivedRun, CellRecord } from "../domain/run.ts";
import { combine } from "../figures/summary.ts";
import { clean, columns, paint, plural, type Square, type Style, wrap } from "./layout.ts";

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

/** With the number of CPUs, where there are several. */
const kernelOf = ({ id }: Cell): string => id.slice(0, id.indexOf("/"));

const isFigureCell = ({ cell }: CellRecord): boolean => cell.work.kind === "figure";

const showNumber = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));

const showFigure = ({ summary: { n, median, min, max }, note }: Figure): string => {
	const spread = n === 1 ? "n=1" : `${showNumber(min)}–${showNumber(max)} n=${n}`;
	return `${showNumber(median)} (${spread})${note === undefined ? "" : " *"}`;
};

/** How many times better than the baseline; `~` where the spreads overlap, so that noise may explain it. */
export const ratioOf = (base: Figure | undefined, figure: Figure | undefined): Square => {
	if (base === undefined || figure === undefined) return { text: "" };
	const [over, under] = base.better === "higher" ? [figure, base] : [base, figure];
	const ratio = over.summary.median / under.summary.median;
	const overlap = base.summary.min <= figure.summary.max && figure.summary.min <= base.summary.max;
	// Of single samples nobody knows the spread.
	const unsure = overlap || base.summary.n < 2 || figure.summary.n < 2;
	return { text: Number.isFinite(ratio) ? `${unsure ? "~" : ""}${ratio.toFixed(2)}` : "" };
};

const tableOf = (records: readonly CellRecord[], style: Style): readonly string[] => {
	const modes = unique(records.map(({ cell }) => cell.mode));
	const of = (mode: string, name: string): Figure | undefined =>
		combine(records.filter(({ cell }) => cell.mode === mode).flatMap(({ figures }) => figures)).find(
			(figure) => figure.name === name,
		);
	const [base = "", ...others] = [...modes].sort((a, b) => Number(b === "devfuse") - Number(a === "devfuse"));
	const head = [
		{ text: "" },
		...[base, ...others].map((text) => ({ text })),
		...others.map((mode) => ({ text: `${mode}/${base}` })),
	];
	const names = unique(records.flatMap(({ figures }) => figures.map(({ name, unit }) => `${name}\n${unit}`)));
	const rows = names.map((key) => {
		const [name = "", unit = ""] = key.split("\n");
		const figures = [base, ...others].map((mode) => of(mode, name));
		const [first, ...rest] = figures;
		return [
			{ text: `${clean(name)} ${unit}` },
			...figures.map((figure) => ({ text: figure === undefined ? "" : showFigure(figure) })),
			...rest.map((figure) => ratioOf(first, figure)),
		];
	});
	return columns([head, ...rows], style, true);
};

/** Every figure of a cell that passed, with what a reader must know to weigh it. */
export const figuresSection = ({ run, cells }: ArchivedRun, style: Style): readonly string[] => {
	const measured = cells.filter(isFigureCell).filter(({ figures }) => figures.length > 0);
	// A number from a cell that went wrong (another transport, a crashing kernel) is not the number that was asked for.
	const sound = measured.filter(({ verdict }) => verdict.outcome === "pass");
	if (measured.length === 0) return [];
	const notes = unique(
		sound.flatMap(({ figures }) => figures.flatMap(({ note }) => (note === undefined ? [] : [note]))),
	);
	const left = measured.length - sound.length;
	return [
		"",
		paint(style, "bold", "figures: median (smallest–largest, n samples)"),
		...unique(sound.map(({ cell }) => `${kernelOf(cell)}\n${cell.store}`)).flatMap((key) => {
			const [kernel = "", store = ""] = key.split("\n");
			const records = sound.filter(({ cell }) => kernelOf(cell) === kernel && cell.store === store);
			return [`kernel ${clean(kernel)}, ${store}`, ...tableOf(records, style).map((line) => `  ${line}`)];
		}),
		...notes.flatMap((note) => wrap(`* ${note}`, "  ")),
		...wrap("~ before a ratio: the spreads overlap or a side has one sample, so noise may explain it.", "  "),
		...(run.machine.chosen.includes("tcg")
			? wrap(
					"Measured under software emulation: these compare work done, not hardware. Do not quote them as speed.",
					"  ",
				)
			: []),
		...(run.machine.icount === true
			? wrap(
					"Time is counted (-icount shift=0): a nanosecond is an instruction of the guest, all parties together.",
					"  ",
				)
			: []),
		...(left > 0 ? [`  ${plural(left, "figure")} left out, because the cell did not pass.`] : []),
	];
};
