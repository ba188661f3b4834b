/** User-mode Linux: the same cases with the same verdicts and the same proof as under QEMU. */
import t from "tap";
import { fuselab, isKernelsWord, readReport, umlRunning } from "./lib/cli.ts";

t.test("every cell passes with proof, in both modes and on both stores that it has", async (t) => {
	const { status, stdout, stderr } = await fuselab("run", "tests/configs/uml.yaml", "--json");
	t.equal(status, 0, "exit status", { stderr: stderr.split("\n").slice(-40) });
	const { cells } = readReport(stdout);
	const bad = cells.filter(({ verdict }) => verdict.outcome !== "pass");
	t.same(
		bad.map(({ cell, verdict }) => `${cell.id}: ${verdict.detail}`),
		[],
		"no cell but passes",
	);
	t.same(
		new Set(cells.map(({ cell }) => `${cell.mode} ${cell.store}`)),
		new Set(["devfuse tmpfs", "devfuse loop-ext4", "uring-libfuse tmpfs", "uring-libfuse loop-ext4"]),
	);
	for (const { cell, proof } of cells)
		if (proof?.found !== cell.mode || !isKernelsWord(proof.witness)) t.fail(`${cell.id}: ${JSON.stringify(proof)}`);
	t.same(umlRunning(1000), [], "no guest is left");
});

t.test("the plan says that there is no NVMe", async (t) => {
	const { stdout } = await fuselab("plan", "configs/quick.yaml", "--machine", "uml");
	const lines = stdout.trim().split("\n");
	const onNvme = lines.filter((line) => line.includes("/nvme-ext4/"));
	t.equal(onNvme.length * 2, lines.length);
	t.same(
		onNvme.filter((line) => !line.endsWith("# not run: uml has no NVMe")),
		[],
	);
});

t.test("a server that lies is caught as under QEMU", async (t) => {
	const { status, stdout } = await fuselab("run", "configs/lying-server.yaml", "--machine", "uml", "--json");
	t.equal(status, 1);
	const { cells } = readReport(stdout);
	t.ok(cells.length >= 12, `${cells.length} cells`);
	const unnoticed = cells.filter(({ verdict }) => verdict.outcome !== "fail" || verdict.because !== "not-ok");
	t.same(
		unnoticed.map(({ cell, verdict }) => `${cell.id}: ${verdict.outcome} ${verdict.detail}`),
		[],
	);
});

t.test("a server that goes to the background serves, and is missed when it dies", async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/daemon.yaml", "--json");
	t.equal(status, 1);
	const outcomes = readReport(stdout).cells.map(({ cell, verdict }) => `${cell.id}: ${verdict.because}`);
	t.same(outcomes.sort(), [
		"counters/uring-libfuse/tmpfs/io/checksum-from-store#1: ok",
		"counters/uring-libfuse/tmpfs/io/fsync#1: server-died",
		"counters/uring-libfuse/tmpfs/teardown/server-stops#1: ok",
	]);
});
