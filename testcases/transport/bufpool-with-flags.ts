import { defineCase } from "../case.ts";
import { queueWithoutPool } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** The flags are ADD_QUEUE's; ADD_BUFPOOL has none. */
export const testCase = defineCase({
	name: "transport/bufpool-with-flags",
	proves: "ADD_BUFPOOL with any flag, one of ADD_QUEUE's too, is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_bufpool (Linux 7.3)",
	negativeControl: { own: "The same command without flags succeeds afterwards." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const { ring, added, right } = await queueWithoutPool(server, lab.mode);
		t.equal(added, 0, "the queue is made");
		for (const bit of [0n, 1n, 63n])
			t.equal(await server.command(ring, { ...right, flags: 1n << bit }), -ERRNO.EINVAL, `bit ${bit}`);
		t.equal(await server.command(ring, right), 0, "no flag");
	},
});
