import { defineCase } from "../case.ts";
import { addQueue, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** Anybody is root of a user namespace that they make. */
export const testCase = defineCase({
	name: "transport/zero-copy-in-user-namespace",
	proves: "Root of a user namespace may mount and have queues, but none with zero-copy: EPERM.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_add_queue (Linux 7.3)",
	negativeControl: { own: "The same server gets a queue without zero-copy." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const within = ["unshare", "--user", "--map-root-user", "--mount", "--"];
		await using server = await BareServer.start(lab, { within });
		const ring = await ringFor(server, lab.mode);
		t.equal(await addQueue(server, ring, 0, lab.mode), -ERRNO.EPERM, "with zero-copy");
		t.equal(await addQueue(server, ring, 0, "bufpool"), 0, "without it");
	},
});
