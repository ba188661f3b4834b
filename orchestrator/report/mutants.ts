/** What a hunt for mutants found: the table, the totals and the exit status. */
import { EXIT } from "../domain/lab-error.ts";
import type { MutantFinding, MutantOutcome } from "../domain/mutant.ts";
import { clean, columns, duration, type Paint, plural, type Style, wrap } from "./layout.ts";

const PAINT: Readonly<Record<MutantOutcome, Paint>> = {
	killed: "pass",
	survived: "FAIL",
	"broke-boot": "skip",
	"does-not-apply": "BROKEN",
	"does-not-build": "BROKEN",
};

const count = (findings: readonly MutantFinding[], outcome: MutantOutcome): number =>
	findings.filter(({ result }) => result.outcome === outcome).length;

/** Survivors that are not argued to be equivalent. */
const survivors = (findings: readonly MutantFinding[]): readonly MutantFinding[] =>
	findings.filter(({ result, mutant }) => result.outcome === "survived" && mutant.equivalent === null);

const isUndecided = ({ result, undecided }: MutantFinding): boolean =>
	undecided > 0 || result.outcome === "does-not-apply" || result.outcome === "does-not-build";

/** 1 when a mutant survived that is not equivalent; else 2 when the lab could not tell about one; else 0. */
export const exitStatusOfHunt = (findings: readonly MutantFinding[]): number => {
	// A survivor whose cells were not all judged may be no survivor.
	if (survivors(findings).some((finding) => !isUndecided(finding))) return EXIT.subjectFailed;
	return findings.some(isUndecided) ? EXIT.cannotTell : EXIT.hoped;
};

const lastLine = (findings: readonly MutantFinding[]): string => {
	const ran = findings.filter(
		({ mutant, result }) => mutant.equivalent === null && !result.outcome.startsWith("does-"),
	);
	const killed = count(findings, "killed");
	const share = ran.length === 0 ? "" : ` (${((100 * killed) / ran.length).toFixed(1)} % of ${ran.length} that ran)`;
	const survived = count(findings, "survived");
	const equivalent = survived - survivors(findings).length;
	const parts = [
		`${killed} killed${share}`,
		`${survived} survived${equivalent > 0 ? `, ${equivalent} of them equivalent` : ""}`,
		`${count(findings, "broke-boot")} broke the boot`,
		`${count(findings, "does-not-apply")} did not apply`,
		`${count(findings, "does-not-build")} did not build`,
	];
	return `${plural(findings.length, "mutant")}: ${parts.join(", ")}`;
};

/** The table, what each survivor breaks, and the totals. */
export const renderHunt = (findings: readonly MutantFinding[], style: Style): string => {
	const rows = findings.map(({ result }) => [
		{ text: clean(result.name, 60) },
		{ text: result.outcome, paint: PAINT[result.outcome] },
		{ text: duration(result.seconds) },
		{ text: clean(result.killingCase ?? "") },
	]);
	const head = ["mutant", "outcome", "time", "killed by"].map((text) => ({ text, paint: "bold" as const }));
	const notes = findings
		.filter((finding) => finding.result.outcome !== "killed")
		.flatMap(({ mutant, result, detail, undecided }) => [
			`${clean(mutant.name, 60)} (${result.outcome})`,
			...[
				mutant.breaks,
				detail,
				mutant.equivalent === null ? null : `equivalent: ${mutant.equivalent}`,
				undecided > 0 ? `the lab could not tell about ${plural(undecided, "cell")}` : null,
			].flatMap((text) => (text ? wrap(text, "  ") : [])),
		]);
	return `${[...columns([head, ...rows], style), ...(notes.length > 0 ? ["", ...notes] : []), "", lastLine(findings)].join("\n")}\n`;
};

/** The same for machines: the results alone. */
export const huntJson = (findings: readonly MutantFinding[]): string =>
	`${JSON.stringify(
		findings.map(({ result }) => result),
		null,
		"\t",
	)}\n`;
