import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { COMMAND } from "../lib/bare-wire.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** No connection, no ring. */
export const testCase = defineCase({
	name: "transport/command-unmounted",
	proves: "A command on a /dev/fuse that belongs to no mount is answered EPERM, an unknown one on a mount's EINVAL.",
	decidedIn: "fs/fuse/dev.c:fuse_get_dev; fs/fuse/dev_uring.c:fuse_uring_cmd (Linux 7.3)",
	negativeControl: { own: "The queues of the mount are set up afterwards." },
	needs: ["ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const ring = await server.ring();
		const unmounted = await server.bare.must("open");
		t.equal(await server.command(ring, { op: COMMAND.register, fd: unmounted }), -ERRNO.EPERM, "no mount");
		for (const op of [0, 99]) t.equal(await server.command(ring, { op }), -ERRNO.EINVAL, `command ${op}`);
		await setUpQueues(server, lab.mode);
		t.pass("the ring is set up all the same");
	},
});
