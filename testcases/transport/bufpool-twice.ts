import { defineCase } from "../case.ts";
import { queueWithoutPool } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** Requests may have buffers of the first one. */
export const testCase = defineCase({
	name: "transport/bufpool-twice",
	proves: "ADD_BUFPOOL for a queue that has a pool is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_bufpool (Linux 7.3)",
	negativeControl: { own: "The first ADD_BUFPOOL of the two succeeds." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const { ring, added, right } = await queueWithoutPool(server, lab.mode);
		t.equal(added, 0, "the queue is made");
		t.equal(await server.command(ring, right), 0, "the first pool");
		t.equal(await server.command(ring, right), -ERRNO.EINVAL, "a second one");
	},
});
