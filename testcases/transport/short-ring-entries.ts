import { defineCase } from "../case.ts";
import { addQueue, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** The second half of a command would be the ring's next entry. */
export const testCase = defineCase({
	name: "transport/short-ring-entries",
	proves: "A command from a ring with entries of 64 bytes is answered EINVAL, and one from a ring with 128 is obeyed.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd (Linux 6.14)",
	negativeControl: { own: "The same command from a ring with entries of 128 bytes succeeds afterwards." },
	needs: ["add-bufpool"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		t.equal(await addQueue(server, await server.ring({ flags: 0 }), 0, lab.mode), -ERRNO.EINVAL, "64 bytes");
		t.equal(await addQueue(server, await ringFor(server, lab.mode), 0, lab.mode), 0, "128 bytes");
	},
});
