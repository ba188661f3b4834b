import { defineCase } from "../case.ts";
import { addQueue, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** What is not zero-copied, names and replies, needs a buffer. */
export const testCase = defineCase({
	name: "transport/zero-copy-queue-without-pool",
	proves: "REGISTER on a zero-copy queue without a pool is answered EINVAL, also with a payload buffer of its own.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_create_ring_ent (Linux 7.3)",
	negativeControl: { own: "The same REGISTER on a queue without zero-copy is parked." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		for (const [mode, expected] of [
			["bufpool", null],
			["zerocopy", -ERRNO.EINVAL],
		] as const) {
			await using server = await BareServer.start(lab);
			const ring = await ringFor(server, mode);
			t.equal(await addQueue(server, ring, 0, mode), 0, `${mode}: the queue is made`);
			const queue = { ring, qid: 0, isZeroCopy: mode === "zerocopy", pool: null };
			t.equal((await register(server, queue)).result, expected, `${mode}: an entry with a payload buffer of its own`);
		}
	},
});
