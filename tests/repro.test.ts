/** A cell again: from its record, and from a script that needs no fuselab; then on the running kernel. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import t from "tap";
import { folders } from "../orchestrator/host/folders.ts";
import { lookAtHost, whyNotHost } from "../orchestrator/machine/host.ts";
import { fuselab, readReport } from "./lib/cli.ts";

const CONFIG = "tests/configs/repro.yaml";

t.test("a recorded cell runs again, on the very image, with fuselab and without", async (t) => {
	const first = readReport((await fuselab("run", CONFIG, "--json")).stdout);
	const target = `${first.run.id}/counters/uring/tmpfs/io/fsync`;
	const { status, stdout } = await fuselab("repro", target, "--times", "2", "--json");
	t.equal(status, 0);
	const again = readReport(stdout);
	t.same(
		again.cells.map(({ cell }) => cell.id),
		["counters/uring/tmpfs/io/fsync#1", "counters/uring/tmpfs/io/fsync#2"],
	);
	const script = path.join(folders.runs(), again.run.id, "repro.sh");
	t.notMatch(readFileSync(script, "utf8"), folders.clone(), "nothing of the clone is needed");
	const alone = await execa("sh", [script], { reject: false, timeout: 120_000, cwd: "/" });
	t.equal(alone.exitCode, 0, alone.stderr);
	t.match(alone.stdout, /\nok 1 .*\nPASS$/s);
});

const against = whyNotHost(lookAtHost());

t.test("the running kernel gives the same verdict, and is as it was", { skip: against.join("; ") }, async (t) => {
	const before = lookAtHost();
	const { status, stdout } = await fuselab("run", CONFIG, "--machine", "host", "--json");
	const [cell] = readReport(stdout).cells;
	t.equal(cell?.cell.kernel, "running");
	// A kernel without FUSE io-uring says so itself.
	const expected = before.enableUring === null ? "skip" : "pass";
	t.equal(cell?.verdict.outcome, expected, cell?.verdict.detail ?? "no cell");
	t.equal(status, 0);
	t.same(lookAtHost(), before);
	t.notMatch(readFileSync("/proc/self/mountinfo", "utf8"), "/run/fuselab/");
});
