/** The text report, made from a run's records alone, so that any old run can be shown again. */
import type { ArchivedRun, CellRecord } from "../domain/run.ts";
import { figuresSection } from "./figures.ts";
import { headerOf } from "./header.ts";
import { kernelTroubleSection } from "./kernel-trouble.ts";
import { ladderSection } from "./ladder.ts";
import { clean, paint, plural, type Style, wrap } from "./layout.ts";
import { matrixOf, wordOf } from "./matrix.ts";
import { proofSection } from "./proof.ts";
import { neverRan, totalsOf } from "./totals.ts";

export interface ReportOptions {
	readonly colour?: boolean;
	/** Put before the names of logs; without it they are relative to the run folder. */
	readonly folder?: string;
}

/** Longer lists say how long they are. */
const MOST_LISTED = 200;
const MOST_NEVER = 20;

const MOST_STUCK = 5;

/** Who hung where, innermost function first. */
const stuckLines = ({ stuck = [] }: CellRecord): readonly string[] => [
	...stuck
		.slice(0, MOST_STUCK)
		.flatMap(({ name, pid, state, stack }) =>
			wrap(`${state}: ${name} (pid ${pid}) in ${stack.slice(0, 6).join(" < ")}`, "      "),
		),
	...(stuck.length > MOST_STUCK
		? [`      ... and ${plural(stuck.length - MOST_STUCK, "task")} more, in hang.txt`]
		: []),
];

const troubleOf = (record: CellRecord, runId: string, style: Style, folder: string | undefined): readonly string[] => {
	const { cell, verdict, files } = record;
	const word = wordOf(record);
	const failed = record.tap?.points.find(({ ok, directive }) => !ok && directive === undefined);
	const logs = Object.entries(files).filter(([kind]) => kind !== "command");
	return [
		`${paint(style, word, word)} ${clean(cell.id)}`,
		...wrap(`${verdict.because}: ${verdict.detail}`, "    "),
		...(verdict.because === "not-ok"
			? (failed?.diagnostics ?? []).slice(0, 12).map((line) => `      ${clean(line, 94)}`)
			: []),
		...stuckLines(record),
		// A skip is explained by its reason; nobody needs its logs.
		...(verdict.outcome === "skip"
			? []
			: [
					...logs.map(
						([kind, file]) => `    ${kind}: ${folder === undefined ? "" : `${folder}/`}${clean(String(file))}`,
					),
					`    again: fuselab repro ${clean(runId)}/${clean(cell.id)}`,
				]),
	];
};

const troubleSection = ({ cells, run }: ArchivedRun, style: Style, folder: string | undefined): readonly string[] => {
	const order = ["fail", "broken", "skip"];
	const others = cells
		.filter(({ verdict }) => verdict.outcome !== "pass")
		.sort((a, b) => order.indexOf(a.verdict.outcome) - order.indexOf(b.verdict.outcome));
	if (others.length === 0) return [];
	return [
		"",
		paint(style, "bold", "what did not pass"),
		...others.slice(0, MOST_LISTED).flatMap((record) => troubleOf(record, run.id, style, folder)),
		...(others.length > MOST_LISTED ? [`... and ${others.length - MOST_LISTED} more`] : []),
	];
};

const neverSection = (archived: ArchivedRun, style: Style): readonly string[] => {
	const never = neverRan(archived);
	const { unreadable } = archived;
	return [
		...(never.length === 0 ? [] : ["", paint(style, "bold", `never ran: ${plural(never.length, "cell")}`)]),
		...never.slice(0, MOST_NEVER).map((id) => `  ${clean(id)}`),
		...(never.length > MOST_NEVER ? [`  ... and ${never.length - MOST_NEVER} more`] : []),
		...(unreadable.length === 0 ? [] : ["", paint(style, "bold", "records that cannot be read")]),
		...unreadable.slice(0, MOST_NEVER).flatMap(({ file, reason }) => wrap(`${file}: ${reason}`, "  ")),
		...(unreadable.length > MOST_NEVER ? [`  ... and ${unreadable.length - MOST_NEVER} more`] : []),
	];
};

const totalsLine = (archived: ArchivedRun): string => {
	const { pass, fail, skip, broken, neverRan: never, unreadable } = totalsOf(archived);
	const asked = archived.run.planned.length;
	const tail = unreadable > 0 ? `, ${plural(unreadable, "unreadable record")}` : "";
	return `${plural(asked, "cell")}: ${pass} passed, ${fail} failed, ${skip} skipped, ${broken} broken, ${never} never ran${tail}`;
};

/** The whole report, ending with its totals. */
export const renderReport = (archived: ArchivedRun, options: ReportOptions = {}): string => {
	const style: Style = { colour: options.colour ?? false };
	const lines = [
		...headerOf(archived, style),
		...ladderSection(archived, style),
		...matrixOf(archived, style),
		...troubleSection(archived, style, options.folder),
		...kernelTroubleSection(archived, style),
		...figuresSection(archived, style),
		...proofSection(archived, style),
		...neverSection(archived, style),
		"",
		paint(style, "bold", totalsLine(archived)),
	];
	return `${lines.join("\n")}\n`;
};
