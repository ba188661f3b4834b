import { defineCase } from "../case.ts";
import { addQueue, ringFor, setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, openFile } from "../lib/bare-work.ts";

/** There is a queue for each possible CPU, and none behind. */
export const testCase = defineCase({
	name: "transport/add-queue-beyond-last",
	proves: "ADD_QUEUE for a queue behind the last is answered EINVAL, and the ring can still be set up.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_queue (Linux 7.3)",
	negativeControl: { own: "The queues up to the last are made afterwards and serve." },
	needs: ["add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		for (const qid of [server.queues, 0xffff])
			t.equal(await addQueue(server, ring, qid, lab.mode), -ERRNO.EINVAL, `queue ${qid} of ${server.queues}`);
		await setUpQueues(server, lab.mode);
		t.ok((await openFile(server)).fd > 0, "the ring serves");
	},
});
