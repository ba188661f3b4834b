import { defineCase } from "../case.ts";
import { queueWithoutPool } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** The field is for later kernels. */
export const testCase = defineCase({
	name: "transport/bufpool-with-reserved",
	proves: "ADD_BUFPOOL with something in its reserved field is answered EINVAL.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_bufpool (Linux 7.3)",
	negativeControl: { own: "The same command with zero in it succeeds afterwards." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const { ring, added, right } = await queueWithoutPool(server, lab.mode);
		t.equal(added, 0, "the queue is made");
		const reserved = { ...right, pool: { ...right.pool, reserved: 1 } };
		t.equal(await server.command(ring, reserved), -ERRNO.EINVAL, "1 in the reserved field");
		t.equal(await server.command(ring, right), 0, "0 in it");
	},
});
