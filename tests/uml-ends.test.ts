/** A fuselab that is killed or interrupted leaves nothing of user-mode Linux. */
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import t from "tap";
import { folders } from "../orchestrator/host/folders.ts";
import { fuselab, groupMembers, secondsUntil, startFuselab, umlRunning } from "./lib/cli.ts";

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

/** An odd size, by which the guest is known among others: that of tests/configs/all-modes.yaml. */
const MEMORY_MIB = 1000;

for (const signals of [["SIGKILL"], ["SIGTERM"], ["SIGINT"], ["SIGINT", "SIGINT"]] as const)
	t.test(`${signals.join(", then ")} in mid-run leaves no process and no file`, async (t) => {
		const before = leftFiles();
		const running = startFuselab("run", "tests/configs/all-modes.yaml", "--guests", "1");
		const group = (): number => umlRunning(MEMORY_MIB)[0] ?? -1;
		t.ok(
			(await secondsUntil(() => groupMembers(group()).length > 3, 120)) !== undefined,
			"a guest and its processes run",
		);
		const uml = group();
		for (const signal of signals) running.kill(signal);
		const seconds = await secondsUntil(() => groupMembers(uml).length === 0, 20);
		t.ok(seconds !== undefined, "no process is left within 20 s");
		const { exitCode } = await running;
		if (signals[0] !== "SIGKILL") t.equal(exitCode, signals[0] === "SIGTERM" ? 143 : 130);
		t.same(leftFiles(), before, "no file is left");
		const run =
			readdirSync(folders.runs())
				.filter((id) => id.endsWith("-all-modes"))
				.toSorted()
				.at(-1) ?? "";
		t.same(
			readdirSync(path.join(folders.runs(), run, "boots"), { recursive: true })
				.filter((name) => name !== "counters-1/orders.jsonl")
				.toSorted(),
			["counters-1", "counters-1/command.sh", "counters-1/console.log"],
			"only the record of the boot",
		);
		t.equal((await fuselab("sweep")).status, 0);
	});
