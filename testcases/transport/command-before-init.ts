import { defineCase } from "../case.ts";
import { register } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { ERRNO } from "../lib/bare-work.ts";

/** How large a payload may be is not agreed on yet. */
export const testCase = defineCase({
	name: "transport/command-before-init",
	proves: "REGISTER before the reply to INIT is answered EAGAIN, and the same command afterwards is parked.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd (Linux 7.3)",
	negativeControl: { own: "The same command is parked after INIT." },
	needs: ["ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using server = await BareServer.mount(lab, { flags: INIT.overIoUring });
		const queue = { ring: await server.ring(), qid: 0, isZeroCopy: false, pool: null };
		// A worker thread tries it once more before the answer comes (io_uring.c:io_wq_submit_work).
		t.equal((await register(server, queue, { waitMs: 5_000 })).result, -ERRNO.EAGAIN, "before INIT");
		await server.answerInit();
		t.equal((await register(server, queue)).result, null, "after INIT");
	},
});
