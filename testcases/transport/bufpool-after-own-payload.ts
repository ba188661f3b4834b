import { defineCase } from "../case.ts";
import { makeQueue, poolCommand, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** A queue's entries are of one kind. */
export const testCase = defineCase({
	name: "transport/bufpool-after-own-payload",
	proves: "ADD_BUFPOOL for a queue with an entry that has a payload buffer of its own is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_bufpool (Linux 7.3)",
	negativeControl: { own: "The entry is parked before, so the queue is there." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		const { result } = await register(server, await makeQueue(server, ring, 0, "uring", 1));
		t.equal(result, null, "an entry with a payload buffer of its own is parked");
		const pool = poolCommand(server, 0, server.allocate(server.largestPayload), server.largestPayload);
		t.equal(await server.command(ring, pool), -ERRNO.EINVAL, "the queue gets no pool");
	},
});
