/** User-mode Linux as a machine: what is ruled out, servers that lie, daemons. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import { folders } from "../orchestrator/host/folders.ts";
import { fuselab, readReport } from "./lib/cli.ts";

// Most of the time here is waiting for a deadline.
t.jobs = 2;
const sideBySide = { buffered: true };

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

t.test("configs/lying-server.yaml: every case notices the lie that it says it must notice", sideBySide, async (t) => {
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

t.test("what is left of a server that never becomes ready is not the next cell's", sideBySide, async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/never-ready.yaml", "--guests", "1", "--json");
	t.equal(status, 1);
	const { cells } = readReport(stdout);
	t.strictSame(
		cells.map(({ verdict }) => `${verdict.because}: ${verdict.detail}`),
		["server-start: the server did not become ready", "server-start: the server did not become ready"],
	);
	t.equal(new Set(cells.map(({ boot }) => boot)).size, 1, "nothing is wrong with the guest");
});

t.test("a case that runs out of time says so, and where it waits in the kernel", sideBySide, async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/stuck-server.yaml", "--json");
	t.equal(status, 1);
	const [cell] = readReport(stdout).cells;
	t.equal(cell?.verdict.because, "timeout");
	t.ok(cell?.stuck?.some(({ stack }) => stack.includes("fuse_fsync")));
});

t.test("the user's xfstests mounts servers of every mode and is read, its failures too", sideBySide, async (t) => {
	const kept = await fuselab("run", "tests/configs/xfstests.yaml", "--json");
	t.equal(kept.status, 0);
	t.same(
		readReport(kept.stdout).cells.map(({ verdict }) => verdict.outcome),
		Array(5).fill("pass"),
	);
	const folder = t.testdir({});
	const config = path.join(folder, "lying.yaml");
	const honest = await readFile(path.join(folders.clone(), "tests/configs/xfstests.yaml"), "utf8");
	const lying = honest
		.replaceAll(/(?<=: )\.\.\/(?=xfstests)/g, path.join(folders.clone(), "tests/"))
		.replaceAll("../../kernels", path.join(folders.clone(), "kernels"))
		.replace(/modes: .*/, "modes: [bufpool]\nserver: { lies: [write-data] }")
		.replace(", exclude: [generic/004]", "");
	await writeFile(config, lying);
	const { status, stdout } = await fuselab("run", config, "--json");
	t.equal(status, 1);
	// generic/001 for the lie, generic/004 by itself, and the status of it all.
	t.match(readReport(stdout).cells[0]?.verdict.detail, /^3 of 5 points failed, first: generic\/001/);
});

t.test("a server that goes to the background serves, and is missed when it dies", sideBySide, async (t) => {
	const { status, stdout } = await fuselab("run", "tests/configs/daemon.yaml", "--json");
	t.equal(status, 1);
	const outcomes = readReport(stdout).cells.map(({ cell, verdict }) => `${cell.id}: ${verdict.because}`);
	t.same(outcomes.sort(), [
		"counters/uring-libfuse/tmpfs/io/checksum-from-store#1: ok",
		"counters/uring-libfuse/tmpfs/io/fsync#1: server-died",
		"counters/uring-libfuse/tmpfs/teardown/server-stops#1: ok",
	]);
});
