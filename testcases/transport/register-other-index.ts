import { defineCase } from "../case.ts";
import { refusesRegister } from "../lib/bare-work.ts";

/** A pool is used by way of the slot that ADD_BUFPOOL named. */
export const testCase = defineCase({
	name: "transport/register-other-index",
	proves: "REGISTER on a queue with a registered pool that names another slot is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd_index_ok (Linux 7.3)",
	negativeControl: { own: "A right REGISTER on the same queue is parked before." },
	needs: ["pinned-pool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await refusesRegister(t, lab, () => ({ index: 1 }), "with another slot");
	},
});
