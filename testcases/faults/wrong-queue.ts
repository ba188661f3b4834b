import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { LYING_READS, OPCODE, orderFault, statsOf } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Commit ids are of a queue; that of another queue is not found there. */
export const testCase = defineCase({
	name: "faults/wrong-queue",
	proves: "A commit to another queue is answered ENOENT, and the right commit afterwards delivers the reply.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "wrong-queue", opcode: OPCODE.read });
		sameBytes(t, await readDirect(path, 4096), content, "the read is right");
		sameBytes(t, await readDirect(path, 4096), content, "the next one too");
		const { faultAnswers } = await statsOf(lab);
		t.same(
			faultAnswers.map(({ res }) => res),
			[-2],
			"the kernel answered ENOENT to the commit too many",
		);
	},
});
