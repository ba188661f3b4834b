/** What each patch of a series changes: a row a rung, then what was new on it. */
import type { CompilerWarning, KernelBuild, KernelFault, Rung } from "../domain/kernel.ts";
import type { ArchivedRun, CellRecord } from "../domain/run.ts";
import { combine } from "../figures/summary.ts";
import { ratioOf } from "./figures.ts";
import { clean, columns, duration, paint, plural, type Square, type Style, wrap } from "./layout.ts";

/** Longer lists say how long they are. */
const MOST_WARNINGS = 10;

/** One rung as the records tell it. */
export interface Step {
	readonly name: string;
	readonly rung: Rung;
	/** Undefined when it could not be had. */
	readonly build: KernelBuild | undefined;
	readonly fault: KernelFault | undefined;
	/** The nearest rung below it that was built. */
	readonly below: KernelBuild | undefined;
	/** Name of the first rung with the very same image. */
	readonly sameAs: string | undefined;
	readonly newWarnings: readonly CompilerWarning[];
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const newSince = (below: KernelBuild | undefined, build: KernelBuild): readonly CompilerWarning[] => {
	// Lines move with every patch: the same words about the same file are the same warning.
	const known = new Set(below?.warnings.map(({ file, text }) => `${file}: ${text}`));
	return build.warnings.filter(({ file, text }) => !known.has(`${file}: ${text}`));
};

/** The rungs of one ladder from the bottom up. */
export const stepsOf = ({ run }: ArchivedRun, ladder: string): readonly Step[] => {
	const built = run.kernels.filter(({ rung }) => rung?.ladder === ladder);
	const rungs = [...built, ...run.unbuilt.filter(({ rung }) => rung?.ladder === ladder)].flatMap(({ name, rung }) =>
		rung === undefined ? [] : [{ name, rung }],
	);
	const steps: Step[] = [];
	for (const { name, rung } of rungs.sort((a, b) => a.rung.prefix - b.rung.prefix)) {
		const build = built.find((one) => one.name === name);
		const builtBelow = steps.flatMap((step) => step.build ?? []);
		const below = builtBelow.at(-1);
		steps.push({
			name,
			rung,
			build,
			fault: run.unbuilt.find((one) => one.name === name),
			below,
			sameAs: builtBelow.find(({ imageSha256 }) => imageSha256 === build?.imageSha256)?.name,
			newWarnings: build === undefined ? [] : newSince(below, build),
		});
	}
	return steps;
};

/** Names of the ladders of a run, in its order. */
export const laddersOf = ({ run }: ArchivedRun): readonly string[] =>
	unique([...run.kernels, ...run.unbuilt].flatMap(({ rung }) => rung?.ladder ?? []));

const STAGES = { apply: "does not apply", configure: "lacks options", build: "does not build" } as const;

const rungOf = ({ rung }: Step): string => `@${rung.prefix}`;

const showBytes = (bytes: number): string =>
	Math.abs(bytes) < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(2)} MiB`;

const imageOf = ({ build, below, sameAs }: Step): string => {
	if (build === undefined) return "";
	if (sameAs !== undefined) return `as ${sameAs.slice(sameAs.indexOf("@"))}`;
	const change = below === undefined ? 0 : build.imageBytes - below.imageBytes;
	if (below === undefined) return showBytes(build.imageBytes);
	return change === 0 ? "+0" : `${change < 0 ? "" : "+"}${showBytes(change)}`;
};

const buildOf = ({ build, fault }: Step): Square => {
	if (fault !== undefined) return { text: STAGES[fault.stage], paint: "FAIL" };
	return { text: build === undefined ? "" : `${duration(build.buildSeconds)}, ${plural(build.compiledFiles, "file")}` };
};

const warningsOf = ({ build, below, newWarnings }: Step): string => {
	if (build === undefined) return "";
	return below === undefined ? String(build.warnings.length) : `+${newWarnings.length}`;
};

/** How the cells of a rung fared in one mode. */
const cellsOf = (records: readonly CellRecord[]): Square => {
	if (records.length === 0) return { text: "" };
	const count = (outcome: string): number => records.filter(({ verdict }) => verdict.outcome === outcome).length;
	const [pass, fail, broken] = [count("pass"), count("fail"), count("broken")];
	const text = `${pass}/${records.length}`;
	if (fail > 0) return { text: `${text} FAIL ${fail}`, paint: "FAIL" };
	return broken > 0 ? { text: `${text} BROKEN ${broken}`, paint: "BROKEN" } : { text, paint: "pass" };
};

const tableOf = (steps: readonly Step[], cells: readonly CellRecord[], style: Style): readonly string[] => {
	const names = new Set(steps.map(({ name }) => name));
	const own = cells.filter(({ cell }) => names.has(cell.kernel));
	const modes = unique(own.map(({ cell }) => cell.mode));
	const head = ["", "last patch", "build", "image", "warnings", ...modes].map((text) => ({ text }));
	const rows = steps.map((step) => [
		{ text: rungOf(step) },
		{ text: step.rung.subject === null ? "(the bare source)" : clean(step.rung.subject, 44) },
		buildOf(step),
		{ text: imageOf(step) },
		{ text: warningsOf(step) },
		...modes.map((mode) => cellsOf(own.filter(({ cell }) => cell.kernel === step.name && cell.mode === mode))),
	]);
	return columns([head, ...rows], style);
};

/** A fault names its patch; what stands before it here names it too. */
const faultOf = ({ detail }: KernelFault, { prefix, total, subject }: Rung): string =>
	["breaks the build", "does not apply"]
		.map((verb) => `Patch ${prefix}/${total} "${subject}" ${verb}: `)
		.reduce((text, opening) => (text.startsWith(opening) ? text.slice(opening.length) : text), detail);

/** Subject of a sentence about what a rung brings: its patch, or all since the last rung that was built. */
const patchesSince = ({ rung: { prefix, total }, below }: Step): string => {
	if (prefix === 0) return "the bare source";
	const first = (below?.rung?.prefix ?? 0) + 1;
	return first < prefix ? `with patches ${first} to ${prefix} of ${total} this rung` : `patch ${prefix}/${total}`;
};

const notesOf = (step: Step): readonly string[] => {
	const { rung, fault, newWarnings, below } = step;
	const patch = patchesSince(step);
	const listed = below === undefined ? [] : newWarnings;
	return [
		...(fault === undefined ? [] : wrap(`${patch} ${STAGES[fault.stage]}: ${faultOf(fault, rung)}`, "  ")),
		...listed
			.slice(0, MOST_WARNINGS)
			.flatMap(({ file, line, text }) =>
				wrap(`${patch} brings a warning: ${[file, line].filter((part) => part !== null).join(":")}: ${text}`, "  "),
			),
		...(listed.length > MOST_WARNINGS ? [`  ... and ${listed.length - MOST_WARNINGS} more`] : []),
		...(step.sameAs === undefined
			? []
			: wrap(`${patch} leaves the image as it is on ${step.sameAs}, whose results hold for it.`, "  ")),
	];
};

/** Figures of each rung against the rung below it; nothing when no figure was measured. */
const ratiosOf = (steps: readonly Step[], cells: readonly CellRecord[], style: Style): readonly string[] => {
	const measured = cells.filter(({ figures, verdict }) => figures.length > 0 && verdict.outcome === "pass");
	const shown = steps.filter(
		({ name, sameAs }) => sameAs === undefined && measured.some((r) => r.cell.kernel === name),
	);
	if (shown.length < 2) return [];
	const keyOf = ({ cell }: CellRecord): string => `${cell.mode}\n${cell.store}`;
	const rows = unique(measured.map(keyOf)).flatMap((key) => {
		const own = measured.filter((record) => keyOf(record) === key);
		return unique(own.flatMap(({ figures }) => figures.map(({ name }) => name))).map((name) => {
			const figures = shown.map((step) =>
				combine(own.filter(({ cell }) => cell.kernel === step.name).flatMap((record) => record.figures)).find(
					(figure) => figure.name === name,
				),
			);
			const ratios = figures.map((figure, index) => (index === 0 ? { text: "" } : ratioOf(figures[index - 1], figure)));
			return [{ text: `${clean(name)}, ${key.replace("\n", ", ")}` }, ...ratios.slice(1)];
		});
	});
	const head = [{ text: "" }, ...shown.slice(1).map((step) => ({ text: rungOf(step) }))];
	return [
		"",
		"  figures, each rung / the one before it",
		...columns([head, ...rows], style, true).map((l) => `  ${l}`),
	];
};

/** Every ladder of a run. */
export const ladderSection = (archived: ArchivedRun, style: Style): readonly string[] =>
	laddersOf(archived).flatMap((ladder) => {
		const steps = stepsOf(archived, ladder);
		return [
			"",
			paint(style, "bold", `ladder ${clean(ladder)}`),
			...tableOf(steps, archived.cells, style),
			...steps.flatMap(notesOf),
			...ratiosOf(steps, archived.cells, style),
		];
	});
