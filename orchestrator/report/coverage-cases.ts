/** What the cases of a run came to in each mode, as a table of Markdown. Pure. */
import { JOB_SETS } from "../domain/cell.ts";
import { plainLine } from "../domain/plain-text.ts";
import type { ArchivedRun } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const NEVER = "never ran";
const WORST_FIRST = ["fail", "broken", NEVER, "pass", "skip"] as const;

/** A check that was planned, and what it came to. */
interface Square {
	readonly mode: string;
	readonly name: string;
	readonly outcome: Verdict["outcome"] | typeof NEVER;
	/** Why, where it did not pass; may be empty. */
	readonly detail: string;
}

/** Of a cell without a record nothing but its id is known. */
const squareOfId = (id: string): readonly Square[] => {
	const [, mode = "", , set = "", ...rest] = id.replace(/#\d+$/, "").split("/");
	const isFigure = JOB_SETS.some((name) => name === set);
	return isFigure ? [] : [{ mode, name: [set, ...rest].join("/"), outcome: NEVER, detail: "" }];
};

const squaresOf = ({ run, cells }: ArchivedRun): readonly Square[] => {
	const records = new Map(cells.map((record) => [record.cell.id, record]));
	return unique([...run.planned, ...records.keys()]).flatMap((id): readonly Square[] => {
		const record = records.get(id);
		if (record === undefined) return squareOfId(id);
		const { mode, work } = record.cell;
		const { outcome, detail } = record.verdict;
		return work.kind === "check" ? [{ mode, name: work.name, outcome, detail }] : [];
	});
};

/** What did not pass, and why: each case and reason once. */
const reasonsOf = (squares: readonly Square[]): readonly string[] =>
	unique(
		squares
			.filter(({ outcome, detail }) => outcome !== "pass" && detail !== "")
			.map(({ name, outcome, detail }) => `- ${plainLine(name)}: ${outcome}, ${plainLine(detail)}`),
	);

/** The worst that a case came to in a mode, on any store, CPU count or repeat; – where it was not planned. */
export const casesOf = (archived: ArchivedRun): readonly string[] => {
	const squares = squaresOf(archived);
	const modes = unique(squares.map(({ mode }) => mode));
	const words = new Map<string, Set<string>>();
	for (const { mode, name, outcome } of squares) {
		const key = `${mode}\n${name}`;
		words.set(key, (words.get(key) ?? new Set()).add(outcome));
	}
	const wordOf = (mode: string, name: string): string =>
		WORST_FIRST.find((word) => words.get(`${mode}\n${name}`)?.has(word)) ?? "–";
	const row = (name: string): string =>
		`| ${plainLine(name)} | ${modes.map((mode) => wordOf(mode, name)).join(" | ")} |`;
	const names = unique(squares.map(({ name }) => name)).toSorted();
	const counts = (["pass", "skip", "fail", "broken", NEVER] as const).flatMap((word) => {
		const count = squares.filter(({ outcome }) => outcome === word).length;
		return count === 0 ? [] : [`${count} ${word}`];
	});
	const reasons = reasonsOf(squares);
	return [
		`${names.length} cases in ${modes.length} modes, ${squares.length} cells: ${counts.join(", ")}. The worst of all stores and repeats; – is a`,
		"mode that cannot carry the case.",
		"",
		`| case | ${modes.map(plainLine).join(" | ")} |`,
		`|---|${modes.map(() => "---|").join("")}`,
		...names.map(row),
		...(reasons.length > 0 ? ["", ...reasons] : []),
	];
};
