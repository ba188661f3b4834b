import t from "tap";
import type { Cell } from "../domain/cell.ts";
import type { TapSummary, Verdict } from "../domain/verdict.ts";
import { summarise } from "../figures/summary.ts";
import { readTap } from "../tap/read-tap.ts";
import { jobsOf } from "./jobs.ts";
import { type Evidence, judge, verdictOnBoot, verdictOnBuild, verdictOnRuledOut } from "./judge.ts";

const cell: Cell = {
	id: "counters/uring-libfuse/tmpfs/io/append#1",
	kernel: "counters",
	mode: "uring-libfuse",
	store: "tmpfs",
	work: { kind: "check", name: "io/append" },
	repeat: 1,
};
const [job] = jobsOf("quick");
if (job === undefined) throw new Error("no job");
const figureCell: Cell = { ...cell, work: { kind: "figure", job } };

const end: NonNullable<Evidence["end"]> = {
	type: "cell-end",
	id: cell.id,
	stage: "done",
	error: null,
	timedOut: false,
	exitCode: null,
	server: { exitCode: 0, signal: null, ordered: true, expected: null },
	unsupported: null,
	proof: { found: "uring-libfuse", witness: "kernel-counters", detail: "sent 12, committed 12" },
	fioReports: [],
	kernelLog: "",
	hang: null,
	seconds: 1.5,
};
const killed = { exitCode: null, signal: "SIGKILL" } as const;
const tap = (text: string): TapSummary => readTap(text.split("\n"));
const good: Evidence = {
	cell,
	interrupted: false,
	labFault: null,
	findings: [],
	end,
	tap: tap("1..2\nok 1 - a\nok 2 - b"),
	figures: [],
};
const panic = { kind: "panic", title: "Kernel panic - not syncing: x", lines: [], functions: [] } as const;
const proof = (found: "devfuse" | "unproven") => ({ ...end, proof: { ...end.proof, found, detail: "no ring" } });
const figure = { name: job.name, unit: "MiB/s", better: "higher", samples: [126], summary: summarise([126]) } as const;
const rampOnly = JSON.stringify({
	jobs: [
		{
			error: 0,
			...Object.fromEntries(["read", "write"].map((side) => [side, { io_bytes: 0, bw_bytes: 0, runtime: 0 }])),
		},
	],
});

type Row = readonly [Verdict["outcome"], Verdict["because"], string | RegExp, Partial<Evidence>];

/** Every later row's trouble is also in the evidence of some earlier one where order matters. */
const TABLE: readonly Row[] = [
	["pass", "ok", "2 points", {}],
	["pass", "ok", "2 points, 1 skipped", { tap: tap("1..2\nok 1\nok 2 # SKIP x") }],
	["pass", "ok", "1 point", { tap: tap("1..1\nnot ok 1 # TODO later") }],
	["pass", "ok", "126.0 MiB/s", { cell: figureCell, tap: null, figures: [figure] }],
	[
		"pass",
		"ok",
		/126.0 MiB\/s \(ended inside/,
		{ cell: figureCell, tap: null, figures: [{ ...figure, note: "ended inside x" }] },
	],
	["broken", "interrupted", /interrupted/, { interrupted: true, labFault: "x", findings: [panic] }],
	["broken", "lab", "channel lost", { labFault: "channel lost" }],
	["broken", "lab", "disk full", { labFault: "disk full", findings: [panic] }],
	["broken", "lab", /never answered/, { end: null }],
	["broken", "lab", /fio is missing/, { cell: figureCell, end: { ...end, exitCode: 127, error: "fio is missing" } }],
	["fail", "kernel-log", panic.title, { findings: [panic] }],
	["fail", "kernel-log", `${panic.title} (and 1 more)`, { findings: [panic, panic], end: { ...end, timedOut: true } }],
	["fail", "kernel-log", panic.title, { labFault: "the guest ended", findings: [panic], end: null }],
	["fail", "timeout", /not done after 2 s/, { end: { ...end, timedOut: true, stage: "work", server: null } }],
	["fail", "server-start", "no mount", { end: { ...end, stage: "server-start", error: "no mount", server: null } }],
	[
		"fail",
		"server-died",
		/by SIGSEGV/,
		{ end: { ...proof("unproven"), server: { exitCode: null, signal: "SIGSEGV", ordered: false, expected: null } } },
	],
	[
		"fail",
		"server-died",
		/with status 3/,
		{ end: { ...end, server: { exitCode: 3, signal: null, ordered: false, expected: null } } },
	],
	[
		"pass",
		"ok",
		"2 points",
		{ end: { ...end, server: { exitCode: null, signal: "SIGKILL", ordered: false, expected: killed } } },
	],
	[
		"fail",
		"server-died",
		"the server ended by SIGSEGV where the case meant it to end by SIGKILL",
		{ end: { ...end, server: { exitCode: null, signal: "SIGSEGV", ordered: false, expected: killed } } },
	],
	[
		"fail",
		"server-died",
		"the server ended with status 0 where the case meant it to end by SIGKILL",
		{ end: { ...end, server: { exitCode: 0, signal: null, ordered: true, expected: killed } } },
	],
	[
		"skip",
		"unsupported",
		"INIT offers no FUSE_HAS_IO_URING_BUFPOOL (FUSE 7.45)",
		{ end: { ...proof("devfuse"), unsupported: "INIT offers no FUSE_HAS_IO_URING_BUFPOOL (FUSE 7.45)" } },
	],
	["fail", "wrong-transport", "asked uring-libfuse, got devfuse: no ring", { end: proof("devfuse") }],
	["broken", "wrong-transport", "asked uring-libfuse, cannot be proven: no ring", { end: proof("unproven") }],
	[
		"fail",
		"wrong-transport",
		"asked devfuse, got uring-libfuse: sent 12, committed 12",
		{ cell: { ...cell, mode: "devfuse" } },
	],
	["fail", "bail-out", "Bail out! gone", { tap: tap("1..2\nnot ok 1\nBail out! gone") }],
	["fail", "not-ok", "1 of 2 points failed, first: b", { tap: tap("1..3\nok 1 - a\nnot ok 2 - b") }],
	["fail", "not-ok", /first: a \(timeout\)/, { tap: tap("1..1\nnot ok 1 - a # TIMEOUT") }],
	["fail", "plan", "no TAP came", { tap: null }],
	["fail", "plan", "no plan after 1 point: died", { tap: tap("ok 1"), end: { ...end, error: "died" } }],
	["fail", "plan", "1 of 3 planned points came", { tap: tap("1..3\nok 1") }],
	["fail", "plan", "2 of 1 planned point came", { tap: tap("1..1\nok 1\nok 2") }],
	["fail", "plan", "nothing was checked", { tap: tap("1..0") }],
	["fail", "plan", /point 3 came where 2/, { tap: tap("1..2\nok 1\nok 3") }],
	["fail", "exit-status", "umount failed", { end: { ...end, stage: "teardown", error: "umount failed" } }],
	["fail", "exit-status", /work ended with status 4/, { end: { ...end, exitCode: 4 } }],
	[
		"fail",
		"exit-status",
		/status 1 after umount/,
		{ end: { ...end, server: { exitCode: 1, signal: null, ordered: true, expected: null } } },
	],
	[
		"fail",
		"exit-status",
		/SIGABRT after umount/,
		{ end: { ...end, server: { exitCode: null, signal: "SIGABRT", ordered: true, expected: null } } },
	],
	["skip", "case-skipped", "no nvme", { tap: tap("1..0 # SKIP no nvme") }],
	["skip", "case-skipped", "because", { tap: tap("1..1\nok 1 # SKIP because") }],
	["broken", "no-figure", /no read I\/O/, { cell: figureCell, end: { ...end, fioReports: [rampOnly] } }],
	["broken", "no-figure", "fio printed nothing", { cell: figureCell }],
	["fail", "exit-status", "fio: EIO", { cell: figureCell, end: { ...end, exitCode: 1, error: "fio: EIO" } }],
];

const verdicts = TABLE.map(([, , , change]) => judge({ ...good, ...change }));

t.test("gives the verdict of the first rule that applies", async (t) => {
	for (const [index, [outcome, because, detail]] of TABLE.entries())
		t.match(verdicts[index], { outcome, because, detail }, `${outcome} ${because}: ${detail}`);
});

t.test("judges kernels that never ran", async (t) => {
	t.match(verdictOnBuild("x"), { outcome: "fail", because: "build" });
	t.match(verdictOnBoot([panic], "x"), { outcome: "fail", because: "boot" });
	t.match(verdictOnBoot([], "x"), { outcome: "broken", because: "boot" });
	t.match(verdictOnRuledOut("x"), { outcome: "skip", because: "ruled-out" });
});

t.test("has a row for every reason", async (t) => {
	const all: Record<Verdict["because"], true> = {
		ok: true,
		interrupted: true,
		build: true,
		boot: true,
		lab: true,
		"kernel-log": true,
		timeout: true,
		"server-died": true,
		"server-start": true,
		"wrong-transport": true,
		"bail-out": true,
		"not-ok": true,
		plan: true,
		"exit-status": true,
		"ruled-out": true,
		unsupported: true,
		"case-skipped": true,
		"no-figure": true,
	};
	const elsewhere = ["build", "boot", "ruled-out"];
	t.same(Object.keys(all).sort(), [...new Set([...TABLE.map(([, because]) => because), ...elsewhere])].sort());
});

t.test("keeps guest text short and harmless", async (t) => {
	const verdict = judge({ ...good, tap: tap(`1..1\nnot ok 1 - ${"x".repeat(5000)}`) });
	t.equal(verdict.detail.length, 500);
	t.equal(judge({ ...good, end: { ...end, error: "a\u001b[2Jb\nc" } }).detail, "ab c");
});
