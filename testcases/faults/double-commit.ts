import { defineCase } from "../case.ts";
import { LYING_READS } from "../lib/orders.ts";
import { strayCommit } from "../lib/spoilt-request.ts";

/** The first commit has parked the entry: it holds no request any more. */
export const testCase = defineCase({
	name: "faults/double-commit",
	proves: "The second commit of one request is answered ENOENT, and the client has its data.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await strayCommit(t, lab, "double-commit");
	},
});
