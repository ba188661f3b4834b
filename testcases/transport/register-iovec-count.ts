import { defineCase } from "../case.ts";
import { refusesRegister } from "../lib/bare-work.ts";

/** The kernel would read more than the server gave. */
export const testCase = defineCase({
	name: "transport/register-iovec-count",
	proves: "REGISTER with another number of iovecs than two is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_get_iovec_from_sqe (Linux 6.14)",
	negativeControl: { own: "A right REGISTER on the same queue is parked before." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		for (const iovecs of [0, 1, 3]) await refusesRegister(t, lab, () => ({ iovecs }), `with ${iovecs} iovecs`);
	},
});
