/** docs/coverage.md: what the cases held in which mode, and which lines of fs/fuse they ran. Pure. */
import type { FileCoverage } from "../domain/coverage.ts";
import { plainLine } from "../domain/plain-text.ts";
import type { CellRecord, RunRecord } from "../domain/run.ts";

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const share = (part: number, whole: number): string => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`);

const WORST_FIRST = ["fail", "broken", "pass", "skip"] as const;

/** One word for a case in a mode: the worst that it came to on any store, CPU count or repeat. */
const squareOf = (cells: readonly CellRecord[]): string =>
	WORST_FIRST.find((outcome) => cells.some(({ verdict }) => verdict.outcome === outcome)) ?? "–";

const casesOf = (cells: readonly CellRecord[]): readonly string[] => {
	const checks = cells.flatMap((record) =>
		record.cell.work.kind === "check" ? [{ record, name: record.cell.work.name }] : [],
	);
	const modes = unique(checks.map(({ record }) => record.cell.mode));
	const row = (name: string): string => {
		const squares = modes.map((mode) =>
			squareOf(checks.filter((one) => one.name === name && one.record.cell.mode === mode).map(({ record }) => record)),
		);
		return `| ${name} | ${squares.join(" | ")} |`;
	};
	return [
		`| case | ${modes.join(" | ")} |`,
		`|---|${modes.map(() => "---|").join("")}`,
		...unique(checks.map(({ name }) => name))
			.toSorted()
			.map(row),
	];
};

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

/** The page; `transport` is the file whose idle lines are listed. */
export const coveragePage = (
	run: RunRecord,
	cells: readonly CellRecord[],
	files: readonly FileCoverage[],
	transport: string,
): string => {
	const ring = files.find(({ file }) => file === transport);
	const [kernel] = run.kernels;
	return [
		"# What the cases cover",
		"",
		`Made by \`fuselab coverage\` from run ${plainLine(run.id)}: Linux ${plainLine(kernel?.sourceVersion ?? "?")}, ${run.machine.chosen}.`,
		"",
		"## Lines",
		"",
		"gcov's counts, added up over all boots of the run. What a guest that died had counted is lost, so these are the least.",
		"",
		...linesOf(files),
		"",
		...(ring === undefined
			? []
			: [
					`## Lines of ${transport} that never ran`,
					"",
					"| function | | lines |",
					"|---|---:|---|",
					...idleOf(ring),
					"",
				]),
		"## Cases",
		"",
		"The worst of all stores and repeats; – is a mode that cannot carry the case.",
		"",
		...casesOf(cells),
		"",
	].join("\n");
};
