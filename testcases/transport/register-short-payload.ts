import { defineCase } from "../case.ts";
import { PAYLOAD_LIMITS, refusesRegister } from "../lib/bare-work.ts";

/** The largest request would not fit. */
export const testCase = defineCase({
	name: "transport/register-short-payload",
	proves:
		"REGISTER with a payload buffer one byte shorter than the largest payload, be that by max_write or max_pages, is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_create_ring_ent (Linux 6.14)",
	negativeControl: { own: "A right REGISTER on the same queue is parked before." },
	needs: ["own-payload"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const short = ({ largestPayload }: { largestPayload: number }) => ({ payloadBytes: largestPayload - 1 });
		for (const [name, limits] of Object.entries(PAYLOAD_LIMITS))
			await refusesRegister(t, lab, short, `with one byte less than ${name} makes it`, lab.mode, limits);
	},
});
