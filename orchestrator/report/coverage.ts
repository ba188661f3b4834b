/** docs/coverage.md: what the cases held in which mode, which lines of fs/fuse they ran, and what they would notice. Pure. */
import type { FileCoverage } from "../domain/coverage.ts";
import type { MemlockRecord } from "../domain/memlock-row.ts";
import type { Mutant, MutantResult } from "../domain/mutant.ts";
import { plainLine } from "../domain/plain-text.ts";
import type { ArchivedRun } from "../domain/run.ts";
import { casesOf } from "./coverage-cases.ts";
import { mutantTable } from "./coverage-mutants.ts";
import { memlockTable } from "./memlock-page.ts";

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const share = (part: number, whole: number): string => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`);

const linesOf = (files: readonly FileCoverage[]): readonly string[] => [
	"| file | lines run | of | | branches taken | of | |",
	"|---|---:|---:|---:|---:|---:|---:|",
	...files.map(
		({ file, lines, linesRun, branches, branchesTaken }) =>
			`| ${file} | ${linesRun} | ${lines} | ${share(linesRun, lines)} | ${branchesTaken} | ${branches} | ${share(branchesTaken, branches)} |`,
	),
];

/** Lines of a file that never ran, by function. */
const idleOf = ({ idle }: FileCoverage): readonly string[] =>
	unique(idle.map((one) => one.function)).map((name) => {
		const lines = idle.filter((one) => one.function === name).map(({ line }) => line);
		return `| ${name === "" ? "–" : `\`${name}\``} | ${lines.length} | ${lines.join(", ")} |`;
	});

/** What the page is made of. */
export interface CoverageFacts {
	readonly archived: ArchivedRun;
	readonly files: readonly FileCoverage[];
	/** The file whose idle lines are listed. */
	readonly transport: string;
	/** What a hunt found; the section is left out without it. */
	readonly mutants?: readonly MutantResult[];
	/** What is known of mutants, by which the results are explained. */
	readonly catalogue?: readonly Mutant[];
	/** What the memlock laboratory found; the section is left out without it. */
	readonly memlock?: MemlockRecord;
}

const section = (title: string, lines: readonly string[]): readonly string[] => [`## ${title}`, "", ...lines, ""];

/** The page. */
export const coveragePage = ({
	archived,
	files,
	transport,
	mutants,
	catalogue = [],
	memlock,
}: CoverageFacts): string => {
	const { run } = archived;
	const ring = files.find(({ file }) => file === transport);
	const [kernel] = run.kernels;
	const options = [mutants && " --mutants FILE", memlock && " --memlock FILE"].map((option) => option ?? "").join("");
	return [
		"# What the cases cover",
		"",
		`Made by \`fuselab coverage RUN${options}\` from run ${plainLine(run.id)}: Linux ${plainLine(kernel?.sourceVersion ?? "?")}, ${run.machine.chosen}.`,
		"",
		...section("Cases", casesOf(archived)),
		...section("Lines", [
			"gcov's counts, added up over all boots of the run. What a guest that died had counted is lost, so these are the least.",
			"",
			...linesOf(files),
		]),
		...(ring === undefined
			? []
			: section(`Lines of ${transport} that never ran`, ["| function | | lines |", "|---|---:|---|", ...idleOf(ring)])),
		...(mutants === undefined
			? []
			: section("Would the cases notice?", [
					"Kernels with one seeded bug each (`fuselab mutants --json`), and the first cell that failed on each and passes without it.",
					"",
					...mutantTable(mutants, catalogue),
				])),
		...(memlock === undefined
			? []
			: section("Locked memory", [
					`What a server is charged for (\`fuselab memlock --json\`), in pages of 4 KiB: Linux ${plainLine(memlock.source)}, ${plainLine(memlock.machine)}, ${memlock.queues} queues.`,
					"",
					...memlockTable(memlock.rows),
				])),
	].join("\n");
};
