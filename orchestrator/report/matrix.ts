/** One table per kernel: a row a case, a column a mode and store. */
import type { ArchivedRun, CellRecord } from "../domain/run.ts";
import { clean, columns, type Paint, paint, type Square, type Style } from "./layout.ts";

const WORD = { pass: "pass", fail: "FAIL", skip: "skip", broken: "BROKEN" } as const;

/** The word of an outcome in every table. */
export const wordOf = (record: CellRecord): Paint & string => WORD[record.verdict.outcome];

/** The worst of the repeats speaks; a count tells that others fared better. */
const WORST_FIRST = ["FAIL", "BROKEN", "skip", "pass"] as const;

const NEVER = { text: "never ran", paint: "dim" } as const;

/** A planned cell in parts; the name of the work may hold slashes, what stands before it may not. */
interface Planned {
	readonly id: string;
	readonly kernel: string;
	readonly column: string;
	readonly row: string;
}

const partsOf = (id: string): Planned => {
	const [kernel = "", mode = "", store = "", ...rest] = clean(id).split("/");
	return { id, kernel, column: `${mode}\n${store}`, row: rest.join("/").replace(/#\d+$/, "") };
};

const squareOf = (ids: readonly string[], records: ReadonlyMap<string, CellRecord>): Square => {
	if (ids.length === 0) return { text: "" };
	const words = ids.map((id) => records.get(id)).map((record) => (record === undefined ? undefined : wordOf(record)));
	const worst = WORST_FIRST.find((word) => words.includes(word));
	if (worst === undefined) return NEVER;
	const count = words.filter((word) => word === worst).length;
	return { text: ids.length === 1 ? worst : `${worst} ${count}/${ids.length}`, paint: worst };
};

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const tableOf = (
	planned: readonly Planned[],
	records: ReadonlyMap<string, CellRecord>,
	style: Style,
): readonly string[] => {
	const cols = unique(planned.map(({ column }) => column));
	const squares = new Map<string, string[]>();
	for (const { id, row, column } of planned) {
		const key = `${row}\n${column}`;
		squares.set(key, [...(squares.get(key) ?? []), id]);
	}
	const heads = [0, 1].map((line) => [
		{ text: "" },
		...cols.map((column) => ({ text: column.split("\n")[line] ?? "" })),
	]);
	const rows = unique(planned.map(({ row }) => row)).map((row) => [
		{ text: row },
		...cols.map((column) => squareOf(squares.get(`${row}\n${column}`) ?? [], records)),
	]);
	return columns([...heads, ...rows], style);
};

/** The tables of the kernels off a ladder, with what never ran in them too. */
export const matrixOf = ({ run, cells }: ArchivedRun, style: Style): readonly string[] => {
	const records = new Map(cells.map((record) => [record.cell.id, record]));
	// The ladder tells in a row what a table for each rung would tell in a page.
	const rungs = new Set([...run.kernels, ...run.unbuilt].flatMap(({ name, rung }) => (rung === undefined ? [] : name)));
	const planned = unique([...run.planned, ...records.keys()])
		.map(partsOf)
		.filter(({ kernel }) => !rungs.has(kernel.replace(/\+\d+cpus$/, "")));
	return unique(planned.map(({ kernel }) => kernel)).flatMap((kernel) => [
		"",
		paint(style, "bold", `kernel ${kernel}`),
		...tableOf(
			planned.filter((one) => one.kernel === kernel),
			records,
			style,
		),
	]);
};
