import { defineCase } from "../case.ts";
import { LYING_READS } from "../lib/orders.ts";
import { strayCommit } from "../lib/spoilt-request.ts";

/** The entry stays with the server until the right id comes. */
export const testCase = defineCase({
	name: "faults/wrong-commit-id",
	proves: "A commit with an unknown id is answered ENOENT, and the right commit afterwards delivers the reply.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await strayCommit(t, lab, "wrong-commit-id");
	},
});
