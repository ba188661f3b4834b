/** docs/memlock.md, made from what the laboratory found. Pure. */

import type { MemlockRecord, MemlockRow } from "../domain/memlock-row.ts";
import { plainLine } from "../domain/plain-text.ts";
import { MEMLOCK_HEAD, memlockWords } from "./memlock.ts";

const square = (text: string): string => plainLine(text).replaceAll("|", "\\|");

const line = (words: readonly string[]): string => `| ${words.map(square).join(" | ")} |`;

const faultsOf = (rows: readonly MemlockRow[]): readonly string[] =>
	rows.flatMap(({ question, faults }) =>
		faults.map((fault) => `- ${question.server.mode}, ${question.name}: ${square(fault)}`),
	);

/** The table of the rows, how many hold, and what does not. */
export const memlockTable = (rows: readonly MemlockRow[]): readonly string[] => {
	const wrong = rows.filter(({ faults }) => faults.length > 0);
	return [
		line(MEMLOCK_HEAD),
		`|${MEMLOCK_HEAD.map((_, index) => (index >= 3 && index <= 5 ? "---:" : "---")).join("|")}|`,
		...rows.map((row) => line(memlockWords(row))),
		"",
		`${rows.length - wrong.length} of ${rows.length} rows are as predicted.`,
		...(wrong.length === 0 ? [] : ["", ...faultsOf(wrong)]),
	];
};

/** The page; `plot` is the picture's file name beside it. */
export const memlockPage = ({ rows, source, machine, queues }: MemlockRecord, plot: string): string =>
	[
		"# Locked memory",
		"",
		"What a server is charged for against RLIMIT_MEMLOCK, in pages of 4 KiB: predicted from the rules, and found in a guest.",
		"A row whose limit is searched shows the smallest one that works; the others show what the user is charged for under the",
		"limit that the row names. Each start is checked on the way: a file through the mount, the user's charge (`locked_vm`, found",
		"by `guest/memlock/charged.c`), VmPin and VmLck, the fdinfo of the rings, the guest's pinned pages; and after the end that",
		"nothing is charged, pinned or mounted any more.",
		"",
		`Made by \`fuselab memlock --markdown docs/memlock.md --plot docs/memlock.svg\`: Linux ${square(source)}, ${square(machine)}, ${queues} queues.`,
		"",
		`![limit against outcome](${plot})`,
		"",
		...memlockTable(rows),
		"",
	].join("\n");
