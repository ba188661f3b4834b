import { defineCase } from "../case.ts";
import { addQueue, poolCommand, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** Else a server would believe in a pool that nobody has. */
export const testCase = defineCase({
	name: "transport/bufpool-before-queue",
	proves: "ADD_BUFPOOL for a queue that does not exist is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_bufpool (Linux 7.3)",
	negativeControl: { own: "The same command succeeds after ADD_QUEUE." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		const pool = poolCommand(server, 0, server.allocate(server.largestPayload), server.largestPayload);
		t.equal(await server.command(ring, pool), -ERRNO.EINVAL, "before ADD_QUEUE");
		t.equal(await addQueue(server, ring, 0, lab.mode), 0, "the queue is made");
		t.equal(await server.command(ring, pool), 0, "after ADD_QUEUE");
		const behind = { ...pool, qid: server.queues };
		t.equal(await server.command(ring, behind), -ERRNO.EINVAL, "a queue behind the last");
	},
});
