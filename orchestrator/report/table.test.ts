import t from "tap";
import { check, measured, runOf } from "./sample.ts";
import { renderReport } from "./table.ts";
import { exitStatusOfRun, totalsOf } from "./totals.ts";

const failed = check("io/direct", "uring-libfuse", "tmpfs", {
	verdict: { outcome: "fail", because: "not-ok", detail: "1 of 2 points failed, first: reads what was written" },
	tap: {
		points: [{ ok: false, name: "reads what was written", diagnostics: ["wanted 1", "\u001b[31mfound 2"] }],
		planned: 2,
		bailedOut: undefined,
		skippedAll: undefined,
	},
});
const skipped = check("io/direct", "devfuse", "tmpfs", {
	verdict: { outcome: "skip", because: "case-skipped", detail: "no O_DIRECT here" },
});
const broken = check("io/append", "uring-libfuse", "nvme-ext4", {
	verdict: { outcome: "broken", because: "lab", detail: "the guest's agent fell silent" },
	proof: null,
	files: {},
});
const matrix = [
	check("io/append", "devfuse", "tmpfs"),
	skipped,
	check("io/append", "devfuse", "nvme-ext4"),
	check("io/append", "uring-libfuse", "tmpfs"),
	failed,
	broken,
];

t.test("says what ran, on what, when and for how long", async (t) => {
	const text = renderReport(runOf(matrix));
	for (const part of [
		"run 20261123-101500-quick",
		"started 2026-11-23 10:15:00 UTC, took 4 min 12 s; fuselab 0.1.0; config configs/quick.yaml",
		"kernel counters: source 7.3.4-1~bpo13+1, 2 patches, image sha256 abcdef012345, gcc 12.2.0",
		"  2/2 222222222222 fuse: show counts in debugfs (A)",
		"machine qemu-tcg (KVM boots no guest here): 2 CPUs, 2048 MiB, NVMe 1024 MiB",
		"host: Linux 6.1.0, 2 CPUs",
	])
		t.match(text, part);
	t.match(renderReport(runOf([], { finishedAt: null, interrupted: true, kernels: [] })), "not finished, interrupted");
});

t.test("draws cases against modes and stores", async (t) => {
	const text = renderReport(runOf(matrix));
	t.match(
		text,
		`kernel counters
           devfuse  devfuse    uring-libfuse  uring-libfuse
           tmpfs    nvme-ext4  tmpfs          nvme-ext4
io/append  pass     pass       pass           BROKEN
io/direct  skip                FAIL
`,
	);
	t.match(text, "6 cells: 3 passed, 1 failed, 1 skipped, 1 broken, 0 never ran\n");
});

t.test("explains everything that did not pass, failures first", async (t) => {
	const text = renderReport(runOf(matrix));
	t.match(
		text,
		`what did not pass
FAIL counters/uring-libfuse/tmpfs/io/direct#1
    not-ok: 1 of 2 points failed, first: reads what was written
      wanted 1
      found 2
    console: boots/counters-1/console.log
    again: fuselab repro 20261123-101500-quick/counters/uring-libfuse/tmpfs/io/direct#1
BROKEN counters/uring-libfuse/nvme-ext4/io/append#1
    lab: the guest's agent fell silent
    again: fuselab repro 20261123-101500-quick/counters/uring-libfuse/nvme-ext4/io/append#1
skip counters/devfuse/tmpfs/io/direct#1
    case-skipped: no O_DIRECT here
`,
	);
	t.match(renderReport(runOf(matrix), { folder: "/runs/x" }), "console: /runs/x/boots/counters-1/console.log");
	t.notMatch(renderReport(runOf([check("a/b", "devfuse", "tmpfs")])), "what did not pass");
});

t.test("counts repeats in one square and lets the worst speak", async (t) => {
	const once = check("io/append", "devfuse", "tmpfs");
	const again = { ...failed, cell: { ...once.cell, id: "counters/devfuse/tmpfs/io/append#2", repeat: 2 } };
	t.match(renderReport(runOf([once, again])), /io\/append {2}FAIL 1\/2\n/);
});

t.test("shows figures as median and spread, with ratios that admit noise", async (t) => {
	const cells = [100, 104, 96].flatMap((value, index) => [
		measured("devfuse", "tmpfs", value, index + 1),
		measured("uring-libfuse", "tmpfs", value * 2, index + 1),
		measured("devfuse", "nvme-ext4", value, index + 1),
		measured("uring-libfuse", "nvme-ext4", value + 1, index + 1),
	]);
	const text = renderReport(runOf(cells));
	t.match(text, /quick\/read-direct MiB\/s {2,}100 \(96.0–104 n=3\) +200 \(192–208 n=3\) +2\.00\n/);
	t.match(text, /100 \(96.0–104 n=3\) +101 \(97.0–105 n=3\) +~1\.01\n/);
	t.match(text, "kernel counters, nvme-ext4\n");
	t.match(text, "uring-libfuse/devfuse");
	t.match(text, "software emulation");
	const single = renderReport(runOf([measured("devfuse", "tmpfs", 1.234), measured("uring-libfuse", "tmpfs", 2.468)]));
	t.match(single, /1\.23 \(n=1\) +2\.47 \(n=1\) +~2\.00/);
});

t.test("leaves out figures of cells that did not pass, marks notes", async (t) => {
	const bad = { ...measured("uring-libfuse", "tmpfs", 999), verdict: failed.verdict };
	const noted = measured("devfuse", "tmpfs", 50);
	const [figure] = noted.figures;
	if (figure === undefined) throw new Error("no figure");
	const text = renderReport(runOf([bad, { ...noted, figures: [{ ...figure, note: "ended inside fio's ramp" }] }]));
	t.notMatch(text, "999");
	t.match(text, "1 figure left out, because the cell did not pass.");
	t.match(text, "50.0 (n=1) *\n");
	t.match(text, "* ended inside fio's ramp");
});

t.test("sums up how the transport was proven", async (t) => {
	const text = renderReport(runOf(matrix));
	t.match(text, "  devfuse: 3 cells went by devfuse, witness kernel-counters: no ring on this connection\n");
	t.match(text, "  uring-libfuse: 2 cells went by uring-libfuse, witness kernel-counters: sent 24, committed 22\n");
	const unproven = check("a/b", "uring-libfuse", "tmpfs", {
		proof: { asked: "uring", found: "unproven", witness: "none", detail: "no witness" },
	});
	t.match(renderReport(runOf([unproven])), "uring-libfuse: 1 cell NOT PROVEN, witness none: no witness");
});

t.test("names cells that never ran and records that cannot be read", async (t) => {
	const run = {
		...runOf([check("a/b", "devfuse", "tmpfs")], {
			planned: ["counters/devfuse/tmpfs/a/b#1", "counters/devfuse/tmpfs/a/c#1"],
		}),
		unreadable: [{ file: "cells/x.json", reason: "it is not JSON" }],
	};
	const text = renderReport(run);
	t.match(text, "never ran: 1 cell\n  counters/devfuse/tmpfs/a/c#1\n");
	t.match(text, /a\/c {2}never ran\n/);
	t.match(text, "  cells/x.json: it is not JSON\n");
	t.match(text, "2 cells: 1 passed, 0 failed, 0 skipped, 0 broken, 1 never ran, 1 unreadable record\n");
	t.equal(exitStatusOfRun(run), 2);
});

t.test("stays within 100 columns", async (t) => {
	const cells = (["devfuse", "uring-libfuse"] as const).flatMap((mode) =>
		(["tmpfs", "nvme-ext4"] as const).flatMap((store) => [
			check("io/truncate-while-reading-ahead", mode, store),
			{
				...failed,
				cell: check("io/other", mode, store).cell,
				verdict: { ...failed.verdict, detail: "word ".repeat(80) },
			},
			...[1, 2].map((repeat) => measured(mode, store, 1234.5 * repeat, repeat)),
		]),
	);
	for (const line of renderReport(runOf(cells)).split("\n")) t.ok(line.length <= 100, line);
});

t.test("lets no record steer the terminal, and colours only when asked", async (t) => {
	const evil = "\u001b[2J\u001b]0;owned\u0007 \u202e\n\n";
	const record = check("io/append", "devfuse", "tmpfs", {
		verdict: { outcome: "fail", because: "server-died", detail: evil },
		proof: { asked: "devfuse", found: "devfuse", witness: "none", detail: evil },
		files: { console: `a${evil}b` },
	});
	const named = { ...record, cell: { ...record.cell, id: `counters/devfuse/tmpfs/x${evil}#1`, kernel: evil } };
	const run = runOf([record, named], { id: evil, configPath: evil, planned: [`${evil}/${evil}/${evil}/x`] });
	const text = renderReport({ ...run, unreadable: [{ file: evil, reason: evil }] });
	t.notMatch(text, /(?!\n)[\p{Cc}\p{Cf}]/u);
	t.notMatch(text, "owned");
	t.notMatch(renderReport(runOf(matrix)), "\u001b");
	t.match(renderReport(runOf(matrix), { colour: true }), "\u001b[1;31mFAIL\u001b[0m");
});

t.test("gives the exit status that belongs to the totals", async (t) => {
	t.equal(exitStatusOfRun(runOf([check("a/b", "devfuse", "tmpfs"), skipped])), 0);
	t.equal(exitStatusOfRun(runOf([failed, broken])), 1);
	t.equal(exitStatusOfRun(runOf([broken])), 2);
	t.equal(exitStatusOfRun(runOf([], { planned: ["a/b/c/d#1"] })), 2);
	t.same(totalsOf(runOf(matrix)), { pass: 3, fail: 1, skip: 1, broken: 1, neverRan: 0, unreadable: 0 });
});
