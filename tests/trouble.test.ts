/** Kernels that panic, patches that are broken, a fuselab that is killed: each says what happened and leaves nothing. */
import t from "tap";
import { fuselab, guestsRunning, readReport, secondsUntil, startFuselab } from "./lib/cli.ts";

t.test("a patch that does not apply is named, with file and place", async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/does-not-apply.yaml", "--json");
	t.equal(status, 1);
	const { cells } = readReport(stdout);
	t.ok(cells.length > 0);
	for (const { verdict, boot } of cells) {
		t.equal(verdict.because, "build");
		t.match(verdict.detail, /[Pp]atch 2\/3 .*fs\/fuse\//);
		t.equal(boot, null, "nothing was booted");
	}
});

t.test("a series made for another kernel: the hunk, the lines around it, and what would help", async (t) => {
	const { status, stdout, stderr } = await fuselab("series", "apply", "tests/configs/counters-on-7-2.yaml");
	t.equal(status, 1);
	t.equal(stdout, "", "nothing applied");
	t.match(
		stderr,
		/Patch 1\/5 "fuse: add a debugfs file .*" does not apply: fs\/fuse\/dev_uring\.c:\d+ \(hunk \d of 3\)/,
	);
	t.match(stderr, /line \d+ of the tree comes nearest, with \d of 8 lines \(- wanted, \+ in the tree\)/);
	t.match(stderr, /^ +-#include <linux\/bitmap\.h>$/m, "a line that this source has not");
	t.match(stderr, /fuzz 2/);
	t.match(stderr, /three-way: cannot be tried/);
});

t.test("a patch that does not build is named, with file and line", async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/does-not-build.yaml", "--json");
	t.equal(status, 1);
	for (const { verdict } of readReport(stdout).cells) {
		t.equal(verdict.because, "build");
		t.match(verdict.detail, /[Pp]atch 2\/3 .*fs\/fuse\/dev_uring\.c:\d+/);
	}
});

t.test("a kernel that panics in mid-case fails that case and no other", async (t) => {
	const { status, stdout, stderr } = await fuselab("run", "configs/panic.yaml", "--json");
	t.equal(status, 1, "exit status", { stderr: stderr.split("\n").slice(-40) });
	const { cells } = readReport(stdout);
	const isMagic = ({ cell }: (typeof cells)[number]): boolean => cell.id.includes("magic-name");
	const others = cells.filter((record) => !isMagic(record));
	t.equal(cells.filter(isMagic).length, 2, "one for each mode");
	for (const { verdict } of cells.filter(isMagic)) {
		t.equal(`${verdict.outcome} ${verdict.because}`, "fail kernel-log");
		t.match(verdict.detail, /panic.*fuselab: magic name/);
	}
	t.same(
		others.map(({ verdict }) => verdict.outcome),
		["pass", "pass"],
		"the next case runs in a new guest",
	);
	t.not(new Set(cells.map(({ boot }) => boot)).size, 1, "there was more than one boot");
	t.same(guestsRunning(), [], "no guest is left");
});

t.test("a server that dies in mid-case fails that case, and the next one gets a new server", async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/dying-server.yaml", "--json");
	t.equal(status, 1);
	const { cells } = readReport(stdout);
	const verdicts = cells.map(
		({ cell, verdict }) => `${cell.id.split("/").slice(-1)} ${verdict.outcome} ${verdict.because}`,
	);
	t.same(verdicts, ["end-of-file#1 pass ok", "fsync#1 fail server-died", "sparse-holes#1 pass ok"]);
	t.match(cells[1]?.verdict.detail, /SIGKILL/);
	t.same(guestsRunning(), [], "no guest is left");
});

for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const)
	t.test(`${signal} in mid-run leaves no guest`, async (t) => {
		const running = startFuselab("run", "tests/configs/one-mode.yaml");
		const booted = await secondsUntil(() => guestsRunning().length > 0, 120);
		t.ok(booted !== undefined, "a guest is running");
		running.kill(signal);
		const seconds = await secondsUntil(() => guestsRunning().length === 0, 30);
		t.ok(seconds !== undefined, "no guest is left within 30 s");
		const { exitCode } = await running;
		if (signal !== "SIGKILL") t.equal(exitCode, signal === "SIGTERM" ? 143 : 130);
		const swept = await fuselab("sweep");
		t.equal(swept.status, 0);
	});
