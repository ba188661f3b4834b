import t from "tap";
import type { FileCoverage } from "../domain/coverage.ts";
import type { MemlockRecord } from "../domain/memlock-row.ts";
import type { Mutant, MutantResult } from "../domain/mutant.ts";
import { coveragePage } from "./coverage.ts";
import { check, measured, runOf } from "./sample.ts";

const FAILED = { verdict: { outcome: "fail", because: "not-ok", detail: "x" } } as const;
const archived = runOf(
	[
		check("io/b", "devfuse", "tmpfs"),
		check("io/b", "zerocopy", "tmpfs"),
		check("io/a", "zerocopy", "tmpfs"),
		check("io/a", "zerocopy", "loop-ext4", FAILED),
		measured("devfuse", "tmpfs", 7),
	],
	{
		planned: [
			"counters/devfuse/tmpfs/io/b#1",
			"counters/devfuse/tmpfs/quick/read-direct#1",
			"counters/devfuse/tmpfs/io/c#1",
			"counters/zerocopy/tmpfs/io/b#1",
		],
	},
);
const files: readonly FileCoverage[] = [
	{ file: "fs/fuse/acl.c", lines: 4, linesRun: 0, branches: 0, branchesTaken: 0, idle: [] },
	{
		file: "fs/fuse/dev_uring.c",
		lines: 200,
		linesRun: 198,
		branches: 8,
		branchesTaken: 6,
		idle: [
			{ line: 7, function: "f" },
			{ line: 9, function: "f" },
		],
	},
];
const page = (change: Partial<Parameters<typeof coveragePage>[0]> = {}): string =>
	coveragePage({ archived, files, transport: "fs/fuse/dev_uring.c", ...change });

const mutant = (name: string, equivalent: string | null = null): Mutant => ({
	name,
	file: "",
	digest: "",
	breaks: `${name} | breaks.`,
	about: "",
	functions: [],
	machines: null,
	modes: null,
	equivalent,
});
const MUTANTS: readonly MutantResult[] = [
	{ name: "m-killed", outcome: "killed", killingCase: "m-killed/zerocopy/tmpfs/io/a#1", seconds: 61.25 },
	{ name: "m-equal", outcome: "survived", killingCase: null, seconds: 3 },
	{ name: "m-alive", outcome: "survived", killingCase: null, seconds: 9 },
	{ name: "m-broken", outcome: "does-not-build", killingCase: null, seconds: 0 },
];
const MEMLOCK: MemlockRecord = {
	kernel: "7.3.4",
	source: "7.3.4-1",
	machine: "uml",
	queues: 2,
	rows: [
		{
			question: {
				name: "limit 0",
				server: { mode: "pinned", depth: 2, options: {}, build: "plain", libfuse: "" },
				user: "unprivileged",
				act: { kind: "serve" },
				limit: 0,
			},
			predicted: 0,
			found: 1,
			outcome: "falls back",
			refused: "ENOMEM",
			faults: ["one page too many"],
			points: [],
		},
	],
};

t.test(
	"a row for each case with the worst of each mode; what was not planned is told from what never ran",
	async (t) => {
		t.match(page(), "| case | devfuse | zerocopy |");
		t.match(page(), "| io/a | – | fail |");
		t.match(page(), "| io/b | pass | pass |");
		t.match(page(), "| io/c | never ran | – |");
		t.match(page(), "3 cases in 2 modes, 5 cells: 3 pass, 1 fail, 1 never ran.");
		t.notMatch(page(), "read-direct", "a figure is no case");
		t.match(page(), "- io/a: fail, x");
	},
);

t.test("lines and branches of each file, and the lines of the transport that never ran by function", async (t) => {
	t.match(page(), "| fs/fuse/acl.c | 0 | 4 | 0.0 % | 0 | 0 |  |");
	t.match(page(), "| fs/fuse/dev_uring.c | 198 | 200 | 99.0 % | 6 | 8 | 75.0 % |");
	t.match(page(), "| `f` | 2 | 7, 9 |");
	t.notMatch(page({ transport: "fs/fuse/none.c" }), "never ran\n\n| function");
});

t.test("mutants: survivors first, the equivalent ones with their reason, and what each breaks", async (t) => {
	const text = page({
		mutants: MUTANTS,
		catalogue: [mutant("m-killed"), mutant("m-equal", "No caller."), mutant("m-alive")],
	});
	t.match(text, "4 seeded bugs: 1 killed, 1 survived, 1 does not build, 1 equivalent.");
	t.match(text, "| m-killed | m-killed \\| breaks. | killed | zerocopy/tmpfs/io/a | 61.3 |");
	t.match(text, "- m-equal: No caller.");
	const rows = [...text.matchAll(/^\| (m-\w+) \|/gm)].map(([, name]) => name);
	t.same(rows, ["m-alive", "m-broken", "m-equal", "m-killed"]);
	t.match(text, "`fuselab coverage RUN --mutants FILE` from run");
	t.match(page({ mutants: [] }), "0 seeded bugs: 0 killed, 0 survived.");
});

t.test("locked memory: the rows of its own page", async (t) => {
	const text = page({ memlock: MEMLOCK });
	t.match(text, "| pinned | limit 0 | unprivileged | 0 | 1 | +1 | falls back | ENOMEM |");
	t.match(text, "0 of 1 rows are as predicted.");
	t.match(text, "- pinned, limit 0: one page too many");
	t.match(text, "Linux 7.3.4-1, uml, 2 queues.");
});

t.test("without the other commands' files their sections are left out", async (t) => {
	t.notMatch(page(), /## (?:Would|Locked)/);
	t.match(page(), "Made by `fuselab coverage RUN` from run 20261123-101500-quick: Linux 7.3.4-1~bpo13+1, qemu-tcg.");
	t.ok(page({ mutants: MUTANTS, memlock: MEMLOCK }).endsWith("\n"));
	t.notMatch(page({ mutants: MUTANTS, memlock: MEMLOCK }), "\n\n\n");
});
