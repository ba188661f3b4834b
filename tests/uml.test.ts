/** User-mode Linux: the same cases with the same verdicts and the same proof as under QEMU, and nothing left afterwards. */
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import t from "tap";
import { folders } from "../orchestrator/host/folders.ts";
import { fuselab, guestsRunning, readReport, secondsUntil, startFuselab } from "./lib/cli.ts";

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
		if (proof?.witness !== "kernel-counters" || proof.found !== (cell.mode === "devfuse" ? "devfuse" : "uring"))
			t.fail(`${cell.id}: ${JSON.stringify(proof)}`);
	t.same(guestsRunning(), [], "no guest is left");
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

/** Files that user-mode Linux would leave: its memory, its pid file and its control socket. */
const leftFiles = (): readonly string[] => {
	const namesIn = (folder: string): readonly string[] => {
		try {
			return readdirSync(folder).map((name) => path.join(folder, name));
		} catch {
			return [];
		}
	};
	const places = [process.env.TMPDIR ?? "/tmp", "/dev/shm"].flatMap(namesIn);
	return [...places.filter((file) => /vm_file-/.test(file)), ...namesIn(path.join(homedir(), ".uml"))];
};

for (const signals of [["SIGKILL"], ["SIGTERM"], ["SIGINT"], ["SIGINT", "SIGINT"]] as const)
	t.test(`${signals.join(", then ")} in mid-run leaves no process and no file`, async (t) => {
		const before = leftFiles();
		const running = startFuselab("run", "tests/configs/uml.yaml");
		t.ok((await secondsUntil(() => guestsRunning().length > 1, 120)) !== undefined, "a guest and its processes run");
		for (const signal of signals) running.kill(signal);
		const seconds = await secondsUntil(() => guestsRunning().length === 0, 20);
		t.ok(seconds !== undefined, "no process is left within 20 s");
		const { exitCode } = await running;
		if (signals[0] !== "SIGKILL") t.equal(exitCode, signals[0] === "SIGTERM" ? 143 : 130);
		t.same(leftFiles(), before, "no file is left");
		const run =
			readdirSync(folders.runs())
				.filter((id) => id.endsWith("-uml"))
				.toSorted()
				.at(-1) ?? "";
		t.same(
			readdirSync(path.join(folders.runs(), run, "boots"), { recursive: true }).toSorted(),
			["counters-1", "counters-1/command.sh", "counters-1/console.log"],
			"only the record of the boot",
		);
		t.equal((await fuselab("sweep")).status, 0);
	});
