import { defineCase } from "../case.ts";
import { addQueue, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { COMMAND } from "../lib/bare-wire.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** A server may ask a later kernel for more, and must hear that this one has it not. */
export const testCase = defineCase({
	name: "transport/add-queue-unknown-flag",
	proves: "ADD_QUEUE with a flag that the kernel does not know is answered EINVAL, and makes no queue.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_queue (Linux 7.3)",
	negativeControl: { own: "The same command with known flags succeeds afterwards." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		for (const bit of [1n, 31n, 63n]) {
			const result = await server.command(ring, { op: COMMAND.addQueue, flags: 1n << bit });
			t.equal(result, -ERRNO.EINVAL, `bit ${bit}`);
		}
		t.equal(await addQueue(server, ring, 0, lab.mode), 0, "without them the queue is made");
	},
});
