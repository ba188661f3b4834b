import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { SecondServer } from "../lib/second-server.ts";

/** The ring is ready when every queue is. */
export const testCase = defineCase({
	name: "transport/queue-left-out",
	proves: "While one queue has no entry a client waits and can be killed, and the abort ends the server.",
	decidedIn: "fs/fuse/dev.c:fuse_get_req; fs/fuse/dev_uring.c:is_ring_ready (Linux 7.3)",
	negativeControl: { own: "The cell's own mount serves the same file at the same time." },
	needs: ["own-server", "ring"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "served");
		await using server = await SecondServer.start(lab, { "leave-out": 0 }, { isReady: false });
		const isMounted = async (): Promise<boolean> =>
			(await readFile("/proc/self/mountinfo", "utf8")).includes(server.mount);
		while (!(await isMounted())) await sleep(20);
		const waiting = await lab.run("timeout", ["-s", "KILL", "1", "stat", `${server.mount}/file`]);
		t.not(waiting.status, 0, "a client waits until it is killed");
		t.equal(await readFile(`${lab.mount}/file`, "utf8"), "served", "the other mount serves");
		t.equal(await server.umount("-f"), 0, "it is unmounted by force");
		t.ok((await server.end()) !== null, "the server ends");
	},
});
