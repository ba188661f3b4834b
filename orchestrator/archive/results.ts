/** What `fuselab mutants --json` and `fuselab memlock --json` printed, read back and checked: the files are the user's. */
import { z } from "zod";
import { MODES } from "../domain/cell.ts";
import { SERVER_BUILDS } from "../domain/channel.ts";
import { LabError } from "../domain/lab-error.ts";
import { MEMLOCK_USERS } from "../domain/memlock.ts";
import type { MemlockRecord } from "../domain/memlock-row.ts";
import { MUTANT_OUTCOMES, type MutantResult } from "../domain/mutant.ts";
import { readRecord } from "./read.ts";

const mutantResults = z.array(
	z.object({
		name: z.string().min(1),
		outcome: z.enum(MUTANT_OUTCOMES),
		killingCase: z.string().nullable(),
		seconds: z.number().nonnegative(),
	}),
);

const bytes = z.number().nonnegative();
const act = z.discriminatedUnion("kind", [
	z.object({ kind: z.enum(["serve", "two-servers", "fork"]) }),
	z.object({ kind: z.literal("lower-limit"), bytes }),
	z.object({ kind: z.literal("kill-at"), queue: z.number() }),
	z.object({ kind: z.literal("rounds"), count: z.number() }),
	z.object({ kind: z.literal("memory-cgroup"), bytes }),
]);
const limit = z.union([bytes, z.literal("unlimited")]);

const memlockRecord = z.object({
	kernel: z.string(),
	source: z.string(),
	machine: z.string(),
	queues: z.number(),
	rows: z.array(
		z.object({
			question: z.object({
				name: z.string(),
				server: z.object({
					mode: z.enum(MODES),
					depth: z.number(),
					options: z.record(z.string(), z.string()),
					build: z.enum(SERVER_BUILDS),
					libfuse: z.string(),
				}),
				user: z.enum(MEMLOCK_USERS),
				act,
				limit: z.union([limit, z.literal("search")]),
			}),
			predicted: z.number(),
			found: z.number().nullable(),
			outcome: z.string(),
			refused: z.string(),
			faults: z.array(z.string()),
			points: z.array(z.object({ limit, outcome: z.enum(["works", "in part", "falls back", "ends"]) })),
		}),
	),
});

const readResult = async <T>(file: string, shape: z.ZodType<T>, command: string): Promise<T> => {
	const read = await readRecord(file, shape);
	if ("record" in read) return read.record;
	throw new LabError({
		code: "usage",
		sentence: `${file} is not what \`fuselab ${command} --json\` prints: ${read.reason}.`,
		hint: `\`fuselab ${command} CONFIG --json > FILE\` makes such a file.`,
	});
};

/** Throws `usage` when the file is not what `fuselab mutants --json` prints. */
export const readMutantResults = async (file: string): Promise<readonly MutantResult[]> =>
	await readResult(file, mutantResults, "mutants");

/** Throws `usage` when the file is not what `fuselab memlock --json` prints. */
export const readMemlockRecord = async (file: string): Promise<MemlockRecord> =>
	await readResult(file, memlockRecord, "memlock");
