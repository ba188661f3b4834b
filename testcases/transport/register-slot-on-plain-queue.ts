import { defineCase } from "../case.ts";
import { refusesRegister } from "../lib/bare-work.ts";

/** Bytes that stand in a reused entry would pass for a slot. */
export const testCase = defineCase({
	name: "transport/register-slot-on-plain-queue",
	proves: "REGISTER with a zero-copy slot on a queue without zero-copy is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_create_ring_ent (Linux 7.3)",
	negativeControl: { own: "A right REGISTER on the same queue is parked before." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const mode = lab.mode === "zerocopy" ? "bufpool" : lab.mode;
		await refusesRegister(t, lab, () => ({ slot: 1 }), "with a zero-copy slot", mode);
	},
});
