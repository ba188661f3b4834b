/** Every transport of fuselab's own server and libfuse's ring, on user-mode Linux: the same cases, each mode with its proof. */
import t from "tap";
import { fuselab, readReport, umlRunning } from "./lib/cli.ts";

const MODES = ["devfuse", "uring-libfuse", "uring", "bufpool", "pinned", "zerocopy"];

t.test("every cell passes in the mode that it asked for, by the kernel's word and the server's", async (t) => {
	const { status, stdout, stderr } = await fuselab("run", "tests/configs/all-modes.yaml", "--json");
	t.equal(status, 0, "exit status", { stderr: stderr.split("\n").slice(-40) });
	const { cells } = readReport(stdout);
	const bad = cells.filter(({ verdict }) => !["pass", "skip"].includes(verdict.outcome));
	t.same(
		bad.map(({ cell, verdict }) => `${cell.id}: ${verdict.detail}`),
		[],
		"no cell fails",
	);
	for (const mode of MODES) {
		const passed = cells.filter(({ cell, verdict }) => cell.mode === mode && verdict.outcome === "pass");
		const witness = mode === "uring-libfuse" ? "kernel-counters" : "kernel-and-server";
		t.ok(passed.length >= 29, `${mode}: ${passed.length} cells passed`);
		t.same(
			passed.filter(({ proof }) => proof?.found !== mode || proof.witness !== witness).map(({ proof }) => proof),
			[],
			`${mode}: proven by ${witness}`,
		);
	}
	t.same(umlRunning(1000), [], "no guest is left");
});

t.test("modes of a series that the kernel does not carry are skipped with its own answer", async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/later-modes.yaml", "--json");
	t.equal(status, 0);
	const { cells } = readReport(stdout);
	t.equal(cells.length, 4);
	for (const { cell, verdict } of cells) {
		t.equal(verdict.because, "unsupported", `${cell.mode}: ${verdict.detail}`);
		t.match(verdict.detail, /\S/, "with a reason");
	}
});
