/** The records on disk, checked on the way in: a run folder may have been written by another version or by other hands. */
import { z } from "zod";
import { DISK_CACHES, MACHINE_KINDS, MODES, STORES } from "../domain/cell.ts";
import type { Figure } from "../domain/figure.ts";
import { type CellRecord, RECORD_VERSION, type RunRecord } from "../domain/run.ts";
import { type KernelFinding, type StuckTask, type TapSummary, WITNESSES } from "../domain/verdict.ts";
import { staysInside } from "./names.ts";

const version = z.literal(RECORD_VERSION, { error: `a record of version ${RECORD_VERSION}` });
const relative = z.string().refine(staysInside, { error: "a file name that stays inside the run folder" });
const texts = z.array(z.string());

const machineSpec = {
	kind: z.enum(MACHINE_KINDS),
	cpus: z.number(),
	memoryMiB: z.number(),
	nvmeMiB: z.number().exactOptional(),
	nvme: z
		.object({
			count: z.number(),
			sectors: z.literal([512, 4096]),
			queues: z.number().exactOptional(),
			cache: z.enum(DISK_CACHES),
			throttle: z
				.object({ iops: z.number().exactOptional(), bandwidthMiB: z.number().exactOptional() })
				.exactOptional(),
		})
		.exactOptional(),
	virtioMiB: z.number().exactOptional(),
	nullblkGiB: z.number().exactOptional(),
	numa: z.number().exactOptional(),
	hotplug: z.number().exactOptional(),
	disk: z.string().exactOptional(),
	icount: z.literal(true).exactOptional(),
	leaks: z.literal(true).exactOptional(),
	batch: z.literal(true).exactOptional(),
};

const patch = z.object({
	number: z.number(),
	total: z.number(),
	subject: z.string(),
	author: z.string(),
	digest: z.string(),
});

const rung = z.object({
	ladder: z.string(),
	prefix: z.number(),
	total: z.number(),
	subject: z.string().nullable(),
});

const fault = z.object({
	name: z.string(),
	stage: z.enum(["apply", "configure", "build"]),
	detail: z.string(),
	rung: rung.exactOptional(),
});

const build = z.object({
	name: z.string(),
	key: z.string(),
	image: z.string(),
	modules: z.string().exactOptional(),
	debugImage: z.string().exactOptional(),
	config: z.string(),
	log: z.string(),
	sourceVersion: z.string(),
	sourceSha256: z.string(),
	imageSha256: z.string(),
	// The first records said nothing of size, files and warnings.
	imageBytes: z.number().default(0),
	compiler: z.string(),
	patches: z.array(patch),
	buildSeconds: z.number(),
	compiledFiles: z.number().default(0),
	warnings: z.array(z.object({ file: z.string(), line: z.number().nullable(), text: z.string() })).default([]),
	fromCache: z.boolean(),
	rung: rung.exactOptional(),
});

/** `run.json`. */
export const runSchema: z.ZodType<RunRecord> = z.object({
	version,
	id: z.string(),
	fuselab: z.string(),
	config: z.string(),
	configPath: z.string(),
	startedAt: z.string(),
	finishedAt: z.string().nullable(),
	interrupted: z.boolean(),
	host: z.object({
		kernel: z.string(),
		cpus: z.number(),
		memoryMiB: z.number(),
		node: z.string(),
		qemu: z.string(),
		virtmeNg: z.string(),
	}),
	machine: z.object({ ...machineSpec, chosen: z.string(), why: z.string() }),
	kernels: z.array(build),
	unbuilt: z.array(fault).default([]),
	planned: texts,
});

const work = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("check"), name: z.string() }),
	z.object({
		kind: z.literal("figure"),
		job: z.object({
			name: z.string(),
			rw: z.enum(["read", "randread", "write", "randwrite"]),
			direct: z.boolean(),
			warmups: z.number().int().nonnegative().default(0),
			measure: z.enum(["rate", "request-time"]).default("rate"),
			args: texts,
			samples: z.number().int().positive(),
			timeoutMs: z.number(),
		}),
	}),
]);

const cell = z.object({
	id: z.string(),
	kernel: z.string(),
	cpus: z.number().exactOptional(),
	mode: z.enum(MODES),
	store: z.enum(STORES),
	work,
	repeat: z.number(),
});

const verdict = z.object({
	outcome: z.enum(["pass", "fail", "skip", "broken"]),
	because: z.enum([
		"ok",
		"interrupted",
		"build",
		"boot",
		"lab",
		"kernel-log",
		"timeout",
		"server-died",
		"server-start",
		"wrong-transport",
		"bail-out",
		"not-ok",
		"plan",
		"exit-status",
		"ruled-out",
		"unsupported",
		"case-skipped",
		"no-figure",
	]),
	detail: z.string(),
});

const proof = z.object({
	asked: z.enum(MODES),
	found: z.enum([...MODES, "unproven"]),
	witness: z.enum(WITNESSES),
	detail: z.string(),
});

const point = z.object({
	ok: z.boolean(),
	name: z.string(),
	directive: z.enum(["skip", "todo", "xfail", "timeout", "error"]).exactOptional(),
	reason: z.string().exactOptional(),
	diagnostics: texts,
});

const tap = z
	.object({
		points: z.array(point),
		planned: z.number().optional(),
		bailedOut: z.string().optional(),
		skippedAll: z.string().optional(),
		faults: texts.exactOptional(),
	})
	// JSON has no undefined: the keys come back.
	.transform(
		(read): TapSummary => ({
			...read,
			planned: read.planned,
			bailedOut: read.bailedOut,
			skippedAll: read.skippedAll,
		}),
	);

const figure: z.ZodType<Figure> = z.object({
	name: z.string(),
	unit: z.enum(["MiB/s", "IOPS", "s", "ns/request"]),
	better: z.enum(["higher", "lower"]),
	samples: z.array(z.number()).min(1),
	summary: z.object({ n: z.number(), median: z.number(), min: z.number(), max: z.number() }),
	note: z.string().exactOptional(),
});

const finding: z.ZodType<KernelFinding> = z.object({
	kind: z.enum([
		"panic",
		"oops",
		"bug",
		"warning",
		"kasan",
		"ubsan",
		"lockdep",
		"hung-task",
		"lockup",
		"rcu-stall",
		"kmemleak",
		"list-corruption",
		"refcount",
	]),
	title: z.string(),
	lines: texts,
	functions: texts.default([]),
	allowed: z.object({ pattern: z.string(), reason: z.string(), link: z.string() }).exactOptional(),
});

const stuck: z.ZodType<StuckTask> = z.object({
	name: z.string(),
	pid: z.number(),
	state: z.enum(["blocked", "running"]),
	stack: texts,
});

/** `cells/NAME.json`. */
export const cellSchema: z.ZodType<CellRecord> = z.object({
	version,
	cell,
	verdict,
	proof: proof.nullable(),
	tap: tap.nullable(),
	figures: z.array(figure),
	findings: z.array(finding),
	stuck: z.array(stuck).exactOptional(),
	seconds: z.number(),
	boot: z.string().nullable(),
	sharedWith: z.string().exactOptional(),
	files: z.object({
		console: relative.exactOptional(),
		command: relative.exactOptional(),
		kernelLog: relative.exactOptional(),
		serverLog: relative.exactOptional(),
		tap: relative.exactOptional(),
		fio: relative.exactOptional(),
		hang: relative.exactOptional(),
		log: relative.exactOptional(),
	}),
});
