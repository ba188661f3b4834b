/** What the memlock laboratory found, as a table. */
import type { MemlockRecord, MemlockRow } from "../domain/memlock-row.ts";
import { clean, columns, plural, type Style, wrap } from "./layout.ts";

export const MEMLOCK_HEAD = ["mode", "row", "as", "predicted", "found", "difference", "outcome", "refused"] as const;

const signed = (difference: number): string => (difference > 0 ? `+${difference}` : String(difference));

/** One row in the columns of the head. */
export const memlockWords = ({ question, predicted, found, outcome, refused }: MemlockRow): readonly string[] => [
	question.server.mode,
	question.name,
	question.user,
	String(predicted),
	found === null ? "?" : String(found),
	found === null ? "?" : signed(found - predicted),
	clean(outcome, 60),
	clean(refused, 80),
];

/** The table, and below it every row that is not as predicted. */
export const renderMemlock = (record: MemlockRecord, style: Style): string => {
	const { rows } = record;
	const head = MEMLOCK_HEAD.map((text) => ({ text, paint: "bold" as const }));
	const body = rows.map((row) =>
		memlockWords(row).map((text, index) =>
			index === 5 && row.faults.length > 0 ? { text, paint: "FAIL" as const } : { text },
		),
	);
	const wrong = rows.filter(({ faults }) => faults.length > 0);
	return `${[
		`Linux ${clean(record.source)} on ${clean(record.machine)}, ${plural(record.queues, "queue")}; in pages of 4 KiB`,
		"",
		...columns([head, ...body], style),
		...wrong.flatMap(({ question, faults }) => [
			"",
			`${question.server.mode}: ${question.name}`,
			...faults.flatMap((fault) => wrap(fault, "  ")),
		]),
		"",
		`${plural(rows.length, "row")}: ${rows.length - wrong.length} as predicted, ${wrong.length} not`,
	].join("\n")}\n`;
};
