/** What a bisection found, as text. */
import type { PatchSummary } from "../domain/kernel.ts";
import type { CellRecord } from "../domain/run.ts";
import { clean, columns, paint, type Style, wrap } from "./layout.ts";

/** What was seen of one rung. */
export interface RungSeen {
	readonly prefix: number;
	readonly judgement: "good" | "bad" | "skip";
	readonly detail: string;
	readonly records: readonly CellRecord[];
}

/** Everything that a bisection found out. */
export interface BisectFindings {
	/** What was asked, e.g. `io/end-of-file on devfuse, tmpfs`. */
	readonly asked: string;
	readonly ladder: string;
	readonly total: number;
	/** In the order in which they were judged. */
	readonly seen: readonly RungSeen[];
	/** How sure a judgement is, or why there is none. */
	readonly note: string;
	/** The patches among which the fault lies: one, unless rungs between could not be judged; none: nothing was found. */
	readonly suspects: readonly PatchSummary[];
	/** Path of the script for `git bisect run`; undefined when nothing was found. */
	readonly script: string | undefined;
	/** Absolute path of the run folder. */
	readonly folder: string;
}

/** Digits of a digest that a person compares. */
const SHORT = 12;

const nameOf = ({ number, total, subject, author, digest }: PatchSummary): string =>
	`patch ${number}/${total} "${clean(subject)}" (${clean(author.replace(/ <.*/, ""))}, ${digest.slice(0, SHORT)})`;

const evidenceOf = (findings: BisectFindings, what: string, seen: RungSeen | undefined): readonly string[] => {
	if (seen === undefined) return [];
	const telling = seen.records.findLast(({ verdict }) => (seen.judgement === "bad") === (verdict.outcome !== "pass"));
	const failed = telling?.tap?.points.find(({ ok, directive }) => !ok && directive === undefined);
	const files = Object.entries(telling?.files ?? {}).filter(([kind]) => kind !== "command");
	return [
		...wrap(`${what}, ${findings.ladder}@${seen.prefix}: ${seen.detail}`, "  "),
		...(failed?.diagnostics ?? []).slice(0, 12).map((line) => `      ${clean(line, 94)}`),
		...files.map(([kind, file]) => `    ${kind}: ${findings.folder}/${clean(String(file))}`),
	];
};

/** The nearest rung to the culprit that was judged so. */
const sideOf = (seen: readonly RungSeen[], judgement: "good" | "bad"): RungSeen | undefined =>
	seen
		.filter((rung) => rung.judgement === judgement)
		.toSorted((a, b) => (judgement === "good" ? b.prefix - a.prefix : a.prefix - b.prefix))[0];

const answerOf = ({ suspects, asked }: BisectFindings): readonly string[] => {
	const [patch, ...more] = suspects;
	if (patch === undefined) return [`No patch can be named for ${asked}.`];
	if (more.length === 0) return wrap(`${nameOf(patch)} is to blame for ${asked}.`, "");
	return [
		`One of ${suspects.length} patches is to blame for ${asked}; the rungs between them cannot be judged:`,
		...suspects.flatMap((suspect) => wrap(nameOf(suspect), "  ")),
	];
};

/** The whole answer. */
export const renderBisect = (findings: BisectFindings, style: Style): string => {
	const { asked, ladder, total, seen, note, script, suspects } = findings;
	const rows = seen.map(({ prefix, judgement, detail }) => [
		{ text: `  @${prefix}` },
		{ text: judgement, ...(judgement === "skip" ? {} : ({ paint: judgement === "good" ? "pass" : "FAIL" } as const)) },
		{ text: clean(detail, 80) },
	]);
	const lines = [
		paint(style, "bold", `bisect ${clean(asked)}: ladder ${ladder}, ${total} patches`),
		...columns(rows, style),
		...wrap(note, ""),
		...answerOf(findings),
		...(suspects.length === 0
			? []
			: [
					...evidenceOf(findings, "without it", sideOf(seen, "good")),
					...evidenceOf(findings, "with it", sideOf(seen, "bad")),
					`for \`git bisect run\`, in a kernel's git tree: ${script}`,
				]),
	];
	return `${lines.join("\n")}\n`;
};
