import { z } from "zod";
import type { FigureJob } from "../domain/cell.ts";
import type { Figure } from "../domain/figure.ts";
import { plainLine } from "../domain/plain-text.ts";
import { combine, summarise } from "./summary.ts";

/** A number, or the reason why there is none. */
export type FioReading =
	| { readonly kind: "figure"; readonly figure: Figure }
	| { readonly kind: "none"; readonly reason: string };

/** fio's report on a handful of jobs is some 10 KiB; more is not fio's. */
const LONGEST = 4 * 1024 * 1024;
/** Lines that may start the report; fio's own warnings never begin with a brace. */
const CANDIDATES = 20;
const BYTES_PER_MIB = 1024 * 1024;

const quantity = z.number().nonnegative();
const directionSchema = z.object({
	io_bytes: quantity,
	bw_bytes: quantity,
	runtime: quantity,
	lat_ns: z.object({ N: quantity, mean: quantity.optional() }).optional(),
});
const reportSchema = z.object({
	jobs: z
		.array(z.object({ error: z.number(), read: directionSchema, write: directionSchema }))
		.min(1)
		.max(1024),
});

const none = (reason: string): FioReading => ({ kind: "none", reason: plainLine(reason) });

/** fio writes notes and warnings to the same stream: the report starts at a line that is a lone brace. */
const parseReport = (text: string): unknown => {
	const end = text.lastIndexOf("}") + 1;
	for (const match of [...text.matchAll(/^\{/gm)].slice(0, CANDIDATES)) {
		try {
			return JSON.parse(text.slice(match.index, end));
		} catch {
			// A warning that starts with a brace, or a report cut short: the next candidate decides.
		}
	}
	return undefined;
};

const rampOf = (job: FigureJob): string | undefined =>
	job.args.find((arg) => arg.startsWith("--ramp_time="))?.slice("--ramp_time=".length);

type Direction = z.output<typeof directionSchema>;

/** Mean time of a request over all jobs, weighted by their requests. */
const requestTime = (entries: readonly Direction[]): number => {
	const requests = entries.reduce((sum, { lat_ns }) => sum + (lat_ns?.N ?? 0), 0);
	return entries.reduce((sum, { lat_ns }) => sum + (lat_ns?.N ?? 0) * (lat_ns?.mean ?? 0), 0) / requests;
};

const figureOf = (job: FigureJob, entries: readonly Direction[], bandwidth: number): Omit<Figure, "note"> => {
	if (job.measure === "rate")
		return { name: job.name, unit: "MiB/s", better: "higher", samples: [bandwidth], summary: summarise([bandwidth]) };
	const time = requestTime(entries);
	return { name: job.name, unit: "ns/request", better: "lower", samples: [time], summary: summarise([time]) };
};

/** Reads fio's JSON, which is untrusted, into the job's figure. */
export const readFio = (text: string, job: FigureJob): FioReading => {
	if (text.length > LONGEST) return none(`fio's report is longer than ${LONGEST / BYTES_PER_MIB} MiB`);
	const json = parseReport(text);
	if (json === undefined) return none(text.trim() === "" ? "fio printed nothing" : "fio's report is not JSON");
	const parsed = reportSchema.safeParse(json);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		return none(`fio's report is not as expected: ${issue?.path.join(".")}: ${issue?.message}`);
	}
	const failed = parsed.data.jobs.find((entry) => entry.error !== 0);
	if (failed !== undefined) return none(`fio's job ended with error ${failed.error}`);
	const side = job.rw.endsWith("read") ? "read" : "write";
	// With group_reporting there is one entry; without it the jobs ran side by side and their rates add up.
	const entries = parsed.data.jobs.map((entry) => entry[side]);
	const bandwidth = entries.reduce((sum, entry) => sum + entry.bw_bytes, 0) / BYTES_PER_MIB;
	const ramp = rampOf(job);
	if (entries.some((entry) => entry.io_bytes === 0 || entry.runtime === 0) || !(bandwidth > 0))
		return none(
			`fio reports no ${side} I/O${ramp === undefined ? "" : `; the job may have ended inside its ramp of ${ramp} s`}`,
		);
	if (job.measure === "request-time" && !(requestTime(entries) > 0)) return none("fio reports no request's time");
	// Seen with fio 3.33: a job that ends before its ramp does still gets a rate, of the whole job, but no latency sample.
	const insideRamp = ramp !== undefined && entries.some((entry) => entry.lat_ns?.N === 0);
	return {
		kind: "figure",
		figure: {
			...figureOf(job, entries, bandwidth),
			...(insideRamp
				? { note: `ended inside fio's ramp of ${ramp} s: the rate is that of the whole job, ramp included` }
				: {}),
		},
	};
};

/** The figure of a job's reports, a sample each; none when `readFio` has a reason against one of them. */
export const figuresIn = (reports: readonly string[], job: FigureJob): readonly Figure[] => {
	const readings = reports.map((text) => readFio(text, job));
	const figures = readings.flatMap((reading) => (reading.kind === "figure" ? [reading.figure] : []));
	return figures.length === readings.length ? combine(figures) : [];
};
