/** The shape of a config file. Every message is a phrase that completes "wanted …". */
import { z } from "zod";
import { JOB_SETS, MACHINE_KINDS, MODES, STORES } from "../domain/cell.ts";
import { SERVER_KEYS, server } from "./server-schema.ts";
import { anyOf, choice, text, wholeNumber } from "./values.ts";

/** A list with at least one entry; a bare string is no list, as a later second entry would change the file's shape. */
const listOf = <T extends z.ZodType>(entry: T, error: string, most: number) =>
	z
		.array(entry, { error })
		.min(1, { error })
		.max(most, { error: `${error}, at most ${most}` });

/** Names end up in file names, cell ids and command lines. */
const name = text(/^[a-z0-9][a-z0-9-]{0,63}$/, "a name of at most 64 lower-case letters, digits and hyphens");

const filePath = text(/^[^\0\n]{1,4096}$/, "the path of an mbox file, relative to this file");

const SIZE = /^([1-9]\d{0,6})([MG])(?:iB)?$/;

/** `512M` or `2G` in MiB; undefined when it is neither. */
export const mebibytesOf = (size: string): number | undefined => {
	const match = SIZE.exec(size);
	return match === null ? undefined : Number(match[1]) * (match[2] === "G" ? 1024 : 1);
};

const size = (from: string, to: string) => {
	const error = `a size from ${from} to ${to}, such as 512M or 2G`;
	const [least = 0, most = 0] = [mebibytesOf(from), mebibytesOf(to)];
	return z
		.string({ error })
		.refine(
			(given) => {
				const mebibytes = mebibytesOf(given);
				return mebibytes !== undefined && mebibytes >= least && mebibytes <= most;
			},
			{ error },
		)
		.transform((given) => mebibytesOf(given) ?? 0);
};

const source = z.strictObject(
	{
		package: text(/^[a-z0-9][a-z0-9+.-]{1,99}$/, "a Debian source package such as linux-source-7.3"),
		suite: text(/^[a-z][a-z0-9-]{1,63}$/, "a Debian suite such as trixie-backports"),
	},
	{ error: "a map with package and suite" },
);

const SERIES_WANTED = "the path of an mbox file, or a list of such paths in the order they apply";

const kernel = z.strictObject(
	{
		name,
		source,
		series: z
			.union([filePath, z.array(filePath).max(64, { error: SERIES_WANTED })], { error: SERIES_WANTED })
			.default([]),
		fragments: listOf(
			text(/^[^\0\n]{1,4096}$/, "the name of a file in kernels/fragments, or the path of a .config file"),
			"a list of configuration fragments",
			64,
		).default(["slim"]),
	},
	{ error: "a map with name and source" },
);

const CPUS_WANTED = "a number of CPUs from 1 to 64, or a list of such numbers";

const machine = z.strictObject(
	{
		kind: choice(MACHINE_KINDS).default("auto"),
		cpus: z.union([wholeNumber(1, 64), listOf(wholeNumber(1, 64), CPUS_WANTED, 8)], { error: CPUS_WANTED }).optional(),
		memory: size("256M", "1024G").prefault("2G"),
		nvme: size("64M", "1024G").prefault("1G"),
		icount: z.boolean({ error: "true or false" }).default(false),
	},
	{ error: "a map with kind, cpus, memory, nvme or icount" },
);

const SYSCTLS_WANTED = "a map from sysctl names such as fs.fuse.max_pages_limit to values";

const CASES_WANTED = "all, none, or a list of case names and patterns such as io/*";

/** A config file before its cross-checks. */
export const configSchema = z.strictObject(
	{
		name,
		kernels: listOf(kernel, "a list of kernels", 32),
		machine: machine.prefault({}),
		modes: listOf(choice(MODES), "a list of modes", MODES.length),
		stores: listOf(choice(STORES), "a list of stores", STORES.length),
		server: server.prefault({}),
		sysctls: z
			.record(
				z.string().regex(/^[a-z0-9_]+(\.[A-Za-z0-9_-]+)+$/, { error: SYSCTLS_WANTED }),
				z.union([z.number(), z.string().max(200)], { error: SYSCTLS_WANTED }),
				{ error: SYSCTLS_WANTED },
			)
			.default({}),
		cases: z
			.union([z.enum(["all", "none"]), listOf(text(/^.{1,200}$/, CASES_WANTED), CASES_WANTED, 1000)], {
				error: CASES_WANTED,
			})
			.default("all"),
		figures: z.enum([...JOB_SETS, "none"], { error: anyOf([...JOB_SETS, "none"]) }).default("none"),
		repeat: wholeNumber(1, 100).default(1),
	},
	{ error: "a map with name, kernels, modes and stores" },
);

export type ConfigShape = z.output<typeof configSchema>;

const KEYS: Readonly<Record<string, readonly string[]>> = {
	"": Object.keys(configSchema.shape),
	kernels: Object.keys(kernel.shape),
	"kernels.source": Object.keys(source.shape),
	machine: Object.keys(machine.shape),
	server: SERVER_KEYS,
};

/** The keys that the map at a path may have. */
export const keysAt = (path: readonly PropertyKey[]): readonly string[] =>
	KEYS[path.filter((step) => typeof step === "string").join(".")] ?? [];
