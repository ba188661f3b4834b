/** The shape of a config file. Every message is a phrase that completes "wanted …". */
import { z } from "zod";
import { JOB_SETS, MODES, STORES } from "../domain/cell.ts";
import { FLAVOURS } from "../domain/kernel.ts";
import { MACHINE_KEYS, machine } from "./machine-schema.ts";
import { SERVER_KEYS, server } from "./server-schema.ts";
import { anyOf, byForm, choice, isMap, listOf, text, wholeNumber } from "./values.ts";

/** Names end up in file names, cell ids and command lines. */
const name = text(/^[a-z0-9][a-z0-9-]{0,63}$/, "a name of at most 64 lower-case letters, digits and hyphens");

const PATH = /^[^\0\n]{1,4096}$/;

/** What git, apt and b4 are given must not look like an option of theirs. */
const WORD = /^[^-\0\s][^\0\s]{0,999}$/;

/** Keys of which a map has exactly one: it says what kind of thing the map is. */
const requireOne = (
	given: Readonly<Record<string, unknown>>,
	kinds: readonly string[],
	context: z.core.$RefinementCtx,
	wanted: string,
): void => {
	if (kinds.filter((kind) => given[kind] !== undefined).length !== 1)
		context.addIssue({ code: "custom", path: [], message: wanted });
};

/** A key that goes with some kinds only; null: it may be absent with these. */
const requireWith = (
	given: Readonly<Record<string, unknown>>,
	key: string,
	kinds: readonly string[],
	context: z.core.$RefinementCtx,
	wanted: string | null,
): void => {
	const fits = kinds.some((kind) => given[kind] !== undefined);
	if (given[key] !== undefined && !fits)
		context.addIssue({ code: "custom", path: [key], message: `no ${key}, which goes with ${kinds.join(" or ")}` });
	if (given[key] === undefined && fits && wanted !== null)
		context.addIssue({ code: "custom", path: [key], message: wanted });
};

const SUITE_WANTED = "a Debian suite such as trixie-backports";
const SOURCE_WANTED =
	"a map with package and suite, git and maybe ref, tarball, folder, or image and suite: one of these kinds";

const source = z
	.strictObject(
		{
			package: text(/^[a-z0-9][a-z0-9+.-]{1,99}$/, "a Debian source package such as linux-source-7.3").optional(),
			image: text(
				/^linux-image-[a-z0-9+.-]{1,88}$/,
				"a Debian kernel package such as linux-image-7.3.4+deb13-amd64",
			).optional(),
			suite: text(/^[a-z][a-z0-9-]{1,63}$/, SUITE_WANTED).optional(),
			git: text(WORD, "the path or URL of a git repository").optional(),
			ref: text(WORD, "a branch, tag or commit").optional(),
			tarball: text(PATH, "the path of a tarball").optional(),
			folder: text(PATH, "the path of an unpacked source").optional(),
		},
		{ error: SOURCE_WANTED },
	)
	.superRefine((given, context) => {
		requireOne(given, ["package", "image", "git", "tarball", "folder"], context, SOURCE_WANTED);
		requireWith(given, "suite", ["package", "image"], context, SUITE_WANTED);
		requireWith(given, "ref", ["git"], context, null);
	});

const SERIES_WANTED = "a series (a path, a message-id, or a map), or a list of series in the order they apply";
const ENTRY_WANTED =
	"a path, a message-id, or a map with mbox, maildir, patches, quilt, git and range, or message: one of these kinds";
const RANGE_WANTED = "a range of commits such as v7.3..topic";

const seriesMap = z
	.strictObject(
		{
			mbox: text(PATH, "the path of an mbox file").optional(),
			maildir: text(PATH, "the path of a maildir").optional(),
			patches: text(PATH, "the path of a folder of `git format-patch` files").optional(),
			quilt: text(PATH, "the path of a folder with a `series` file").optional(),
			git: text(WORD, "the path of a git repository").optional(),
			range: text(/^[^-\0\s][^\0\s]*\.\.[^\0\s]*$/, RANGE_WANTED).optional(),
			message: text(WORD, "a message-id or the address of a mail archive").optional(),
			version: wholeNumber(1, 999).optional(),
		},
		{ error: ENTRY_WANTED },
	)
	.superRefine((given, context) => {
		requireOne(given, ["mbox", "maildir", "patches", "quilt", "git", "message"], context, ENTRY_WANTED);
		requireWith(given, "range", ["git"], context, RANGE_WANTED);
		requireWith(given, "version", ["mbox", "maildir", "patches", "message"], context, null);
	});

type SeriesEntry = string | z.output<typeof seriesMap>;

const seriesEntry = byForm<SeriesEntry>((value) => (isMap(value) ? seriesMap : text(PATH, ENTRY_WANTED)));

const series = byForm<readonly SeriesEntry[]>((value) =>
	Array.isArray(value)
		? z.array(seriesEntry).max(64, { error: "at most 64 series" })
		: (isMap(value) ? seriesMap : text(PATH, SERIES_WANTED)).transform((one) => [one]),
);

const PREFIXES_WANTED = "all, or a list of how many patches to apply, such as [0, 3, 5]";

const kernel = z
	.strictObject(
		{
			name,
			source,
			series: series.default([]),
			fragments: listOf(
				text(PATH, "the name of a file in kernels/fragments, or the path of a .config file"),
				"a list of configuration fragments",
				64,
			).optional(),
			flavour: choice(FLAVOURS).optional(),
			prefixes: z
				.union([z.literal("all"), listOf(wholeNumber(0, 9999), PREFIXES_WANTED, 1000)], { error: PREFIXES_WANTED })
				.optional(),
		},
		{ error: "a map with name and source" },
	)
	.superRefine(({ source: { image }, series: given }, context) => {
		if (image !== undefined && given.length > 0)
			context.addIssue({
				code: "custom",
				path: ["series"],
				message: "no series, as nothing is built of a kernel that is taken as it is",
			});
	});

const SYSCTLS_WANTED = "a map from sysctl names such as fs.fuse.max_pages_limit to values";

const ALLOW_WANTED = "a list of maps with pattern, reason and link";

/** Known trouble. What would allow everything is no entry. */
const allowed = z.strictObject(
	{
		pattern: text(
			/^(?=.*\w.*\w.*\w.*\w)[^\0\n]{1,300}$/,
			"a pattern with at least four letters of a title or a function's name",
		),
		reason: text(/^.*\w.*\w.*\w.{0,500}$/, "a sentence that says why it may be"),
		link: text(/^(?:https?:\/\/\S+|[^\s:]+\/\S*)$/, "the address of a report or discussion, or a path"),
	},
	{ error: ALLOW_WANTED },
);

const XFSTESTS_WANTED = "a map with folder, and maybe tests and exclude";
const TESTS_WANTED = "a list of tests and groups of xfstests such as generic/013 and generic/quick";

const xfstestsNames = listOf(text(/^[a-z0-9]+\/[a-z0-9_]+$/, TESTS_WANTED), TESTS_WANTED, 2000);

const xfstests = z.strictObject(
	{
		folder: text(PATH, "the folder of a built xfstests"),
		tests: xfstestsNames.default(["generic/quick"]),
		exclude: xfstestsNames.default([]),
	},
	{ error: XFSTESTS_WANTED },
);

const CASES_WANTED = "all, none, or a list of case names and patterns such as io/*";

/** A config file before its cross-checks. */
export const configSchema = z.strictObject(
	{
		name,
		kernels: listOf(kernel, "a list of kernels", 32),
		machine: machine.prefault({}),
		modes: listOf(choice(MODES), "a list of modes", MODES.length),
		stores: listOf(choice([...STORES, "nvme"]), "a list of stores", STORES.length),
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
		xfstests: xfstests.optional(),
		figures: z.enum([...JOB_SETS, "none"], { error: anyOf([...JOB_SETS, "none"]) }).default("none"),
		repeat: wholeNumber(1, 100).default(1),
		allow: listOf(allowed, ALLOW_WANTED, 100).default([]),
	},
	{ error: "a map with name, kernels, modes and stores" },
);

export type ConfigShape = z.output<typeof configSchema>;
export type SourceShape = z.output<typeof source>;
export type SeriesShape = SeriesEntry;

const KEYS: Readonly<Record<string, readonly string[]>> = {
	"": Object.keys(configSchema.shape),
	kernels: Object.keys(kernel.shape),
	"kernels.source": Object.keys(source.shape),
	"kernels.series": Object.keys(seriesMap.shape),
	...MACHINE_KEYS,
	server: SERVER_KEYS,
	xfstests: Object.keys(xfstests.shape),
	allow: Object.keys(allowed.shape),
};

/** The keys that the map at a path may have. */
export const keysAt = (path: readonly PropertyKey[]): readonly string[] =>
	KEYS[path.filter((step) => typeof step === "string").join(".")] ?? [];
