import { defineCase } from "../case.ts";
import { refusesRegister } from "../lib/bare-work.ts";

/** The kernel would write behind the header that the server gave. */
export const testCase = defineCase({
	name: "transport/register-short-header",
	proves: "REGISTER with a header of 287 bytes is answered EINVAL, with one of 288 it is parked.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_create_ring_ent (Linux 6.14)",
	negativeControl: { own: "A right REGISTER on the same queue is parked before." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await refusesRegister(t, lab, () => ({ headerBytes: 287 }), "with a header of 287 bytes");
	},
});
