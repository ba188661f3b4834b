import { defineCase } from "../case.ts";
import { queueWithoutPool } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, PAYLOAD_LIMITS } from "../lib/bare-work.ts";

/** A buffer that is too short for the largest request would be none. */
export const testCase = defineCase({
	name: "transport/bufpool-too-short",
	proves:
		"ADD_BUFPOOL of less than one largest payload, be that by max_write or max_pages, is answered EINVAL; of exactly one it succeeds.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_bufpool (Linux 7.3)",
	negativeControl: { own: "One byte is between the two." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		for (const [name, limits] of Object.entries(PAYLOAD_LIMITS)) {
			await using server = await BareServer.start(lab, { ...limits, name });
			const { ring, added, right } = await queueWithoutPool(server, lab.mode);
			t.equal(added, 0, `the queue is made, ${name} is the larger limit`);
			const short = { ...right, pool: { ...right.pool, len: server.largestPayload - 1 } };
			t.equal(await server.command(ring, short), -ERRNO.EINVAL, "one byte less");
			const none = { ...right, pool: { ...right.pool, len: 0 } };
			t.equal(await server.command(ring, none), -ERRNO.EINVAL, "nothing");
			t.equal(await server.command(ring, right), 0, "one largest payload");
		}
	},
});
