import { defineCase } from "../case.ts";
import { refusesRegister } from "../lib/bare-work.ts";

/** There is a queue for each possible CPU, and none behind. */
export const testCase = defineCase({
	name: "transport/register-beyond-last",
	proves: "REGISTER for a queue behind the last is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_register (Linux 6.14)",
	negativeControl: { own: "A right REGISTER on the same queue is parked before." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await refusesRegister(t, lab, ({ queues }) => ({ qid: queues }), "for the queue behind the last");
		await refusesRegister(t, lab, () => ({ qid: 0xffff }), "for queue 65535");
	},
});
