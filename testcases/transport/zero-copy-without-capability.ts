import { defineCase } from "../case.ts";
import { addQueue, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { CAP_SYS_ADMIN, ERRNO } from "../lib/bare-work.ts";

/** The pages of other users' files would be the server's. */
export const testCase = defineCase({
	name: "transport/zero-copy-without-capability",
	proves:
		"ADD_QUEUE with zero-copy by a server without CAP_SYS_ADMIN is answered EPERM, without zero-copy it succeeds.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_queue (Linux 7.3)",
	negativeControl: { own: "With the capability the command succeeds, on another mount." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		{
			await using server = await BareServer.start(lab);
			t.equal(await addQueue(server, await ringFor(server, lab.mode), 0, lab.mode), 0, "with the capability");
		}
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		await server.bare.must("drop", [CAP_SYS_ADMIN]);
		t.equal(await addQueue(server, ring, 0, lab.mode), -ERRNO.EPERM, "without it");
		t.equal(await addQueue(server, ring, 0, "bufpool"), 0, "without it and without zero-copy");
	},
});
