import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { putBehind } from "../lib/direct-read.ts";
import { FAILING_READS, orderFault, statsOf } from "../lib/orders.ts";

/** Requests without an entry wait in the queue's list, and each commit takes the next. */
export const testCase = defineCase({
	name: "transport/more-readers-than-entries",
	proves: "Three times as many readers on one CPU as its queue has entries all get their data.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_queue_fuse_req, fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const readers = 3 * (lab.server?.depth ?? 8);
		const { path } = await putBehind(lab, 4096);
		const before = (await statsOf(lab)).queues[0]?.requests ?? 0;
		await orderFault(lab, { fault: "stop-queue", qid: 0 });
		const args = ["-c", "0", "dd", `if=${path}`, "of=/dev/null", "bs=4096", "iflag=direct"];
		const reading = Promise.all(Array.from({ length: readers }, async () => await lab.run("taskset", args)));
		await setTimeout(1_500);
		t.equal((await statsOf(lab)).queues[0]?.requests, before, "while the queue is held up nothing is served");
		await orderFault(lab, { fault: "resume-queue", qid: 0 });
		const failed = (await reading).filter(({ status }) => status !== 0);
		t.same(failed, [], `all ${readers} end well`);
	},
});
