import { defineCase } from "../case.ts";
import { LYING_READS } from "../lib/orders.ts";
import { strayCommit } from "../lib/spoilt-request.ts";

/** Commit ids are of a queue; that of another queue is not found there. */
export const testCase = defineCase({
	name: "faults/wrong-queue",
	proves: "A commit to another queue is answered ENOENT, and the right commit afterwards delivers the reply.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await strayCommit(t, lab, "wrong-queue");
	},
});
