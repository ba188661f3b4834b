import { defineCase } from "../case.ts";
import { refusesRegister } from "../lib/bare-work.ts";

/** The buffer would never be used. */
export const testCase = defineCase({
	name: "transport/register-payload-on-pool-queue",
	proves: "REGISTER with a payload buffer on a queue with a pool is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_create_ring_ent (Linux 7.3)",
	negativeControl: { own: "A right REGISTER on the same queue is parked before." },
	needs: ["add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const own = ({ largestPayload }: { largestPayload: number }) => ({ payloadBytes: largestPayload });
		await refusesRegister(t, lab, own, "with a payload buffer");
	},
});
