/** The `server` map of a config: which server, how it is started, and its own options. */
import { z } from "zod";
import { SERVER_BUILDS } from "../domain/channel.ts";
import { choice, text, wholeNumber } from "./values.ts";

const flag = z.boolean({ error: "true or false" });
const seconds = z.number({ error: "seconds" }).min(0, { error: "seconds" }).max(1e9, { error: "seconds" });

/** Options of fuselab's own server, by the names of its command line; guest/server/options.c knows their defaults. */
const ownOptions = {
	queues: wholeNumber(0, 4096),
	payload: wholeNumber(0, 64 * 1024 ** 2),
	"pool-buffers": wholeNumber(0, 4096),
	"max-write": wholeNumber(4096, 64 * 1024 ** 2),
	"max-background": wholeNumber(0, 65535),
	threads: wholeNumber(1, 64),
	"fixed-files": wholeNumber(0, 32768),
	"attr-timeout": seconds,
	"entry-timeout": seconds,
	writeback: flag,
	"direct-io": flag,
	splice: flag,
	"allow-other": flag,
	"store-direct": flag,
	"store-io": choice(["auto", "sync", "ring"]),
	"pin-cpus": flag,
	"pin-pool": flag,
	"huge-pages": flag,
	"keep-caps": flag,
	fallback: choice(["devfuse", "pool", "end"]),
	"refuse-register": wholeNumber(-1, 4095),
	"leave-out": wholeNumber(-1, 4095),
	"hold-at": wholeNumber(-1, 4095),
} as const;

/** Names of those options. */
export const OWN_OPTIONS = Object.keys(ownOptions) as readonly (keyof typeof ownOptions)[];

const optional = <T extends Readonly<Record<string, z.ZodType>>>(shape: T) =>
	Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.optional()])) as {
		[K in keyof T]: z.ZodOptional<T[K]>;
	};

const MEMLOCK_WANTED = "the server's locked-memory limit in bytes, or unlimited";
const LIBFUSE_WANTED = "debian, {git: URL, ref: BRANCH}, or {folder: PATH}";
const COMMAND_WANTED = "a command as a list of words, with {source} and {mount} among them";

export const server = z
	.strictObject(
		{
			"queue-depth": wholeNumber(1, 1024).default(8),
			lies: z
				.array(text(/^[a-z][a-z-]{0,63}$/, "the name of a lie"), { error: "a list of lies; [] is an honest server" })
				.max(64, { error: "at most 64 lies" })
				.default([]),
			memlock: z.union([z.literal("unlimited"), wholeNumber(0, 2 ** 40)], { error: MEMLOCK_WANTED }).optional(),
			user: choice(["root", "unprivileged"]).default("root"),
			build: choice(SERVER_BUILDS).default("plain"),
			command: z
				.array(text(/^[^\0\n]{1,4096}$/, COMMAND_WANTED), { error: COMMAND_WANTED })
				.min(1, { error: COMMAND_WANTED })
				.max(100, { error: COMMAND_WANTED })
				.refine((words) => ["{source}", "{mount}"].every((hole) => words.some((word) => word.includes(hole))), {
					error: COMMAND_WANTED,
				})
				.optional(),
			libfuse: z
				.union(
					[
						z.literal("debian"),
						z.strictObject({
							git: text(/^[^\0\n-][^\0\n]{0,4095}$/, LIBFUSE_WANTED),
							ref: text(/^[^\0\s-]\S{0,254}$/, LIBFUSE_WANTED),
						}),
						z.strictObject({ folder: text(/^[^\0\n]{1,4096}$/, LIBFUSE_WANTED) }),
					],
					{ error: LIBFUSE_WANTED },
				)
				.default("debian"),
			...optional(ownOptions),
		},
		{ error: "a map with queue-depth, lies, memlock, user, command or options of the server" },
	)
	.transform(({ "queue-depth": queueDepth, lies, memlock, user, build, command, libfuse, ...options }) => ({
		queueDepth,
		lies,
		memlockBytes: memlock ?? null,
		user,
		build,
		command: command ?? null,
		libfuse,
		options: Object.fromEntries(
			Object.entries(options).flatMap(([name, value]) => {
				if (value === undefined) return [];
				return [[name, typeof value === "boolean" ? (value ? "yes" : "no") : String(value)]];
			}),
		) as Readonly<Record<string, string>>,
	}));

export const SERVER_KEYS: readonly string[] = Object.keys(server.in.shape);
