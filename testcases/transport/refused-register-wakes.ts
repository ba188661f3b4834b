import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { makeQueue, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** So that the client sleeps until the ring is ready. */
const ASLEEP_MS = 500;

/** With consent to io_uring every client waits for the ring: with the first REGISTER that is refused there will be none. */
export const testCase = defineCase({
	name: "transport/refused-register-wakes",
	proves: "A client that waits for the ring is served by /dev/fuse as soon as a REGISTER has been refused.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd; fs/fuse/req.c:fuse_get_req (Linux 7.3)",
	negativeControl: { own: "Until then the same client's request does not come." },
	needs: ["own-server", "ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const queue = await makeQueue(server, await ringFor(server, lab.mode), 0, lab.mode, 1);
		const statfs = lab.run("stat", ["-f", server.mount]);
		await setTimeout(ASLEEP_MS);
		t.equal(await server.next(ASLEEP_MS), null, "a client waits for the ring");
		const { result } = await register(server, queue, { headerBytes: 8 });
		t.equal(result, -ERRNO.EINVAL, "a REGISTER is refused");
		const request = await server.held(OP.statfs);
		t.equal(request.via.kind, "device", "the client's request comes by /dev/fuse");
		await server.reply(request);
		t.equal((await statfs).status, 0, "and it has its answer");
	},
});
