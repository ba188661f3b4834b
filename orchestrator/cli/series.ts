/** `fuselab series`: what was understood of a series, and whether it applies, before anything is built. */
import { type Applied, applyOnly } from "../../kernels/apply-only.ts";
import { readStack } from "../../kernels/series.ts";
import type { Claim } from "../../kernels/series-input/claims.ts";
import { describeSeries, type FileStat, type SeriesDescription } from "../../kernels/series-input/describe.ts";
import { seriesInputOf } from "../config/kernel-wish.ts";
import type { SeriesInput } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { plainLine } from "../domain/plain-text.ts";
import { interrupt } from "../host/interrupt.ts";
import { readConfig } from "./run.ts";
import { showError } from "./show-error.ts";
import { openView } from "./stage.ts";

interface Stack {
	/** Null for a series that was named by itself. */
	readonly kernel: string | null;
	readonly inputs: readonly SeriesInput[];
}

const withVersion = (input: SeriesInput, version: number | undefined): SeriesInput => {
	if (version === undefined) return input;
	if (input.kind === "message") return { ...input, version };
	if (input.kind === "path") return { kind: "mbox", path: input.path, version };
	throw new LabError({ code: "usage", sentence: "`--take` goes with an mbox or a message." });
};

/** A word that ends like a config is one: all its kernels' series; any other is a series. */
const stacksOf = async (word: string, version: number | undefined): Promise<readonly Stack[]> => {
	if (!/\.ya?ml$/.test(word))
		return [{ kernel: null, inputs: [withVersion(seriesInputOf(word, process.cwd()), version)] }];
	const { kernels } = await readConfig(word, undefined);
	return kernels.map(({ name, series }) => ({ kernel: name, inputs: series }));
};

const plural = (count: number, noun: string, many = `${noun}s`): string => `${count} ${count === 1 ? noun : many}`;

const sumOf = (stats: readonly FileStat[]): string => {
	const sum = (key: "insertions" | "deletions"): number => stats.reduce((total, stat) => total + stat[key], 0);
	return `${plural(stats.length, "file")}, ${plural(sum("insertions"), "insertion")}, ${plural(sum("deletions"), "deletion")}`;
};

const statLines = (stats: readonly FileStat[]): readonly string[] => {
	const width = Math.max(...stats.map(({ file }) => file.length));
	return stats.map(({ file, insertions, deletions }) => `${file.padEnd(width)}  +${insertions} -${deletions}`);
};

const claimLine = ({ workload, variant, value, unit, about, statedPercent, computedPercent }: Claim): string => {
	const gain = [
		...(statedPercent === undefined ? [] : [`stated ${statedPercent} %`]),
		...(computedPercent === undefined ? [] : [`from the figures ${computedPercent} %`]),
	];
	return `${workload}, ${variant || "unnamed"}: ${about ? "~" : ""}${value} ${unit}${gain.length > 0 ? ` (${gain.join(", ")})` : ""}`;
};

const leftOutLine = ({ replies, copies, others }: SeriesDescription["leftOut"]): string =>
	[
		...(replies > 0 ? [plural(replies, "reply", "replies")] : []),
		...(copies > 0 ? [plural(copies, "copy", "copies")] : []),
		...(others > 0 ? [plural(others, "mail without a patch", "mails without a patch")] : []),
	].join(", ") || "nothing";

const block = (title: string, lines: readonly string[]): readonly string[] =>
	lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];

/** The text form; mails are untrusted, so nothing of them reaches a terminal but plain text. */
export const showSeries = (series: SeriesDescription): readonly string[] => {
	const { origin, version, versions, cover, patches, base, prerequisites, diffstat, claims } = series;
	const others = versions.filter((each) => each !== version);
	return [
		`${origin}: version ${version}${others.length > 0 ? ` (also there: ${others.join(", ")})` : ""}, ${plural(patches.length, "patch", "patches")}`,
		...(cover === null ? [] : [`  cover letter   ${cover.subject} (${cover.author})`]),
		`  base-commit    ${base ?? "not stated"}`,
		...(prerequisites.length > 0 ? [`  prerequisites  ${prerequisites.join(" ")}`] : []),
		`  patchset_hash  ${series.patchsetHash}`,
		`  left out       ${leftOutLine(series.leftOut)}`,
		...patches.flatMap(({ number, subject, author, digest, files, trailers }) => [
			`  ${number}/${patches.length} ${digest.slice(0, 12)} ${subject} (${author || "no author"})`,
			`      ${sumOf(files)}`,
			...trailers.map(({ key, value }) => `      ${key}: ${value}`),
		]),
		...block("diffstat", [...statLines(diffstat), sumOf(diffstat)]),
		...block("claimed in the cover letter", claims.map(claimLine)),
	].map(plainLine);
};

/** Prints what each word stands for: a config, or a series by path, message-id or address. */
export const seriesShowCommand = async (
	words: readonly string[],
	options: { readonly json?: boolean; readonly take?: number },
): Promise<number> => {
	const told: { readonly kernel: string | null; readonly series: readonly SeriesDescription[] }[] = [];
	for (const word of words)
		for (const { kernel, inputs } of await stacksOf(word, options.take))
			told.push({ kernel, series: (await readStack(inputs, interrupt.signal)).map(describeSeries) });
	if (options.json === true) process.stdout.write(`${JSON.stringify({ version: 1, stacks: told }, null, "\t")}\n`);
	else
		for (const { kernel, series } of told) {
			if (kernel !== null)
				process.stdout.write(
					`kernel ${kernel}: ${series.length === 0 ? "no series" : plural(series.length, "series", "series")}\n`,
				);
			for (const one of series) process.stdout.write(`${showSeries(one).join("\n")}\n`);
		}
	return EXIT.hoped;
};

/** Applies the series of each kernel of a config, and compiles nothing; one that does not apply keeps no other from being tried. */
export const seriesApplyCommand = async (config: LabConfig, json: boolean): Promise<number> => {
	const view = openView();
	const applied: Applied[] = [];
	let status: number = EXIT.hoped;
	try {
		for (const wish of config.kernels)
			try {
				applied.push(await applyOnly(wish, { signal: interrupt.signal, onStage: view.stage }));
			} catch (error) {
				if (!(error instanceof LabError) || interrupt.signal.aborted) throw error;
				status = showError(error, false);
			}
	} finally {
		view.close();
	}
	if (json) process.stdout.write(`${JSON.stringify({ version: 1, applied }, null, "\t")}\n`);
	else
		for (const { kernel, source, patches, doubts } of applied) {
			process.stdout.write(`${kernel}: ${plural(patches, "patch applies", "patches apply")} to ${source}\n`);
			for (const doubt of doubts) process.stdout.write(`  but ${doubt}\n`);
		}
	return status;
};
