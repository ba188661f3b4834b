import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { abortFileOf } from "../lib/fuse-connection.ts";
import { FAILING_STATFS, orderFault, statsOf } from "../lib/orders.ts";

const QUEUED = 3;
const AT_ONCE_MS = 5_000;

/** A client on CPU 0 that waits for one STATFS: it looks up no name, and has no file that a FLUSH would be sent for at its end. */
const startClient = (mountRoot: string): ChildProcess =>
	spawn("taskset", ["-c", "0", "stat", "-f", mountRoot], { stdio: "ignore" });

const endOf = async (client: ChildProcess): Promise<string | number | null> => {
	while (client.signalCode === null && client.exitCode === null) await setTimeout(10);
	return client.signalCode ?? client.exitCode;
};

/** Only a request that has an entry is in the server's hands; one that waits for an entry can be taken back. */
export const testCase = defineCase({
	name: "transport/killed-queued-client",
	proves:
		"Clients that are killed while their requests wait for an entry end at once, the server never gets these requests, and the others are served.",
	decidedIn:
		"fs/fuse/dev.c:request_wait_answer; fs/fuse/dev_uring.c:fuse_uring_remove_pending_req, fuse_uring_queue_fuse_req (Linux 7.3)",
	negativeControl: FAILING_STATFS,
	needs: ["own-server", "ring"],
	timeoutMs: 30_000,
	async check(t, lab) {
		const depth = lab.server?.depth ?? 8;
		const waiting = (await abortFileOf(lab.mountRoot)).replace(/abort$/, "waiting");
		/** The case's own time is the bound. */
		const untilWaiting = async (count: number): Promise<void> => {
			while (Number(await readFile(waiting, "latin1")) !== count) await setTimeout(10);
		};
		// What the cell did before, a RELEASE for one, would wait too.
		await untilWaiting(0);
		const before = (await statsOf(lab)).queues[0]?.requests ?? 0;
		await orderFault(lab, { fault: "stop-queue", qid: 0 });
		const holders = Array.from({ length: depth }, () => startClient(lab.mountRoot));
		await untilWaiting(depth);
		const queued = Array.from({ length: QUEUED }, () => startClient(lab.mountRoot));
		await untilWaiting(depth + QUEUED);
		for (const client of queued) client.kill("SIGKILL");
		const ends = await Promise.race([Promise.all(queued.map(endOf)), setTimeout(AT_ONCE_MS, "they are still there")]);
		t.same(ends, Array(QUEUED).fill("SIGKILL"), "the killed clients end while all entries are taken");
		await orderFault(lab, { fault: "resume-queue", qid: 0 });
		t.same(await Promise.all(holders.map(endOf)), Array(depth).fill(0), "the clients that had an entry are served");
		t.equal((await statsOf(lab)).queues[0]?.requests, before + depth, "and the server got their requests alone");
		await untilWaiting(0);
		t.equal(await endOf(startClient(lab.mountRoot)), 0, "a later client is served");
	},
});
