import { defineCase } from "../case.ts";
import { addQueue, makeQueue, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** Whoever came first has said what the queue is like. */
export const testCase = defineCase({
	name: "transport/add-queue-twice",
	proves: "ADD_QUEUE for a queue that an earlier ADD_QUEUE or REGISTER has made is answered EEXIST.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_create_queue (Linux 7.3)",
	negativeControl: { own: "The first ADD_QUEUE of the two succeeds." },
	needs: ["add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		{
			await using server = await BareServer.start(lab);
			const ring = await ringFor(server, lab.mode);
			t.equal(await addQueue(server, ring, 0, lab.mode), 0, "the first ADD_QUEUE succeeds");
			t.equal(await addQueue(server, ring, 0, lab.mode), -ERRNO.EEXIST, "the second does not");
		}
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		const { result } = await register(server, await makeQueue(server, ring, 0, "uring", 1));
		t.equal(result, null, "REGISTER makes a queue");
		t.equal(await addQueue(server, ring, 0, lab.mode), -ERRNO.EEXIST, "ADD_QUEUE does not make it again");
	},
});
