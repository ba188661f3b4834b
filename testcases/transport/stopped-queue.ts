import { mkdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { putBehind } from "../lib/direct-read.ts";
import { LYING_READS, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A server thread that does not enter its ring is only its own CPU's trouble. */
export const testCase = defineCase({
	name: "transport/stopped-queue",
	proves:
		"While one queue's thread is held up, clients on its CPU wait, clients on another are served, and the end of it ends the wait.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_task_to_queue, fuse_uring_send (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 30_000,
	async check(t, lab) {
		// A folder each: without FUSE_PARALLEL_DIROPS the look-ups in one folder wait for each other (fuse_lock_inode).
		for (const cpu of [0, 1]) await mkdir(`${lab.mount}/${cpu}`);
		const files = [await putBehind(lab, 4096, "0/file"), await putBehind(lab, 4096, "1/file")];
		const copy = async (cpu: number): Promise<Buffer> => {
			const into = `/run/fuselab/copy-${cpu}`;
			await lab.run("taskset", [
				"-c",
				String(cpu),
				"dd",
				`if=${files[cpu]?.path}`,
				`of=${into}`,
				"bs=4096",
				"iflag=direct",
			]);
			return await readFile(into);
		};
		await orderFault(lab, { fault: "stop-queue", qid: 0 });
		let ended = false;
		const waiting = copy(0).finally(() => {
			ended = true;
		});
		sameBytes(t, await copy(1), files[1]?.content ?? Buffer.of(), "a client on CPU 1 is served");
		await setTimeout(1_000);
		t.notOk(ended, "the client on CPU 0 waits");
		await orderFault(lab, { fault: "resume-queue", qid: 0 });
		sameBytes(t, await waiting, files[0]?.content ?? Buffer.of(), "and is served when the thread goes on");
	},
});
