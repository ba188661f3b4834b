/** Reads what the guest says. It is an untrusted party: shapes and sizes are checked, anything else is dropped and named. */
import { z } from "zod";
import { MODES } from "../domain/cell.ts";
import type { GuestMessage } from "../domain/channel.ts";
import { MEMLOCK_MOMENTS, type MemlockOutcome } from "../domain/memlock.ts";
import { plainLine, plainText } from "../domain/plain-text.ts";
import { WITNESSES } from "../domain/verdict.ts";

/** A line longer than this ends the talk. Kernel log and fio JSON fit with room to spare. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const id = z.string().max(400);
/** What may reach a screen loses its power over it here; `text` keeps its lines. */
const text = z.string().max(MAX_LINE_BYTES).transform(plainText);
const words = (most: number) => z.string().max(most).transform(plainLine);
const seconds = z.number().nonnegative();

const processEnd = { exitCode: z.number().int().nullable(), signal: z.string().max(200).nullable() };
const pages = z
	.number()
	.int()
	.min(-(2 ** 40))
	.max(2 ** 40);
const count = z.number().int().nonnegative();
const reason = words(2000);

const memlockOutcome: z.ZodType<MemlockOutcome> = z.strictObject({
	got: z.enum(MODES).nullable(),
	why: reason,
	refusal: z.strictObject({ queue: count, call: words(100), errno: words(100) }).nullable(),
	queues: count,
	pinnedQueues: count,
	usable: z.boolean(),
	unusableWhy: reason.nullable(),
	readings: z
		.array(
			z.strictObject({
				at: z.enum(MEMLOCK_MOMENTS),
				user: pages,
				vmPin: pages,
				vmLck: pages,
				registered: pages,
				pinned: pages,
			}),
		)
		.max(100),
	left: z.strictObject({
		user: pages,
		pinned: pages,
		waitedMs: count,
		crashed: reason.nullable(),
		mounted: z.boolean(),
		retried: count,
	}),
});

const schema: z.ZodType<GuestMessage> = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("hello"),
		kernelRelease: words(200),
		nodeVersion: words(50),
		cpus: z.number().int().positive(),
		uptimeSeconds: seconds,
		initSeconds: seconds,
		nodeSeconds: seconds,
		fuseUring: z.boolean(),
		counters: z.boolean(),
	}),
	z.strictObject({ type: z.literal("serving"), mount: words(400), error: text.nullable() }),
	z.strictObject({
		type: z.literal("counts"),
		file: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,60}\.gcda$/),
		base64: z.base64().max(1024 * 1024),
	}),
	z.strictObject({ type: z.literal("memlock-end"), outcome: memlockOutcome.nullable(), error: text.nullable() }),
	z.strictObject({ type: z.literal("cell-start"), id }),
	z.strictObject({
		type: z.literal("part"),
		id,
		part: z.enum(["store", "server-start", "work", "teardown", "leaks"]),
		limitMs: z.number().nonnegative(),
	}),
	z.strictObject({ type: z.literal("tap"), id, line: text }),
	z.strictObject({ type: z.literal("server-log"), id, line: text }),
	z.strictObject({
		type: z.literal("cell-end"),
		id,
		stage: z.enum(["done", "store", "server-start", "work", "teardown"]),
		error: text.nullable(),
		timedOut: z.boolean(),
		exitCode: z.number().int().nullable(),
		server: z
			.strictObject({ ...processEnd, ordered: z.boolean(), expected: z.strictObject(processEnd).nullable() })
			.nullable(),
		unsupported: words(2000).nullable(),
		proof: z.strictObject({
			found: z.enum([...MODES, "unproven"]),
			witness: z.enum(WITNESSES),
			detail: words(2000),
		}),
		fioReports: z.array(text).max(100),
		kernelLog: text,
		hang: text.nullable(),
		seconds,
	}),
]);

/** One line of the channel, or undefined when it is no message of ours. */
export const parseGuestMessage = (line: string): GuestMessage | undefined => {
	try {
		return schema.parse(JSON.parse(line));
	} catch {
		return undefined;
	}
};
