import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, holdRead } from "../lib/bare-work.ts";

/** There is a queue for each possible CPU, and none behind. */
export const testCase = defineCase({
	name: "transport/commit-beyond-last",
	proves: "A commit for a queue behind the last is answered EINVAL, and the request stays with the server.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch (Linux 6.14)",
	negativeControl: { own: "The commit for the right queue is taken afterwards, and the reader has its data." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode);
		const { request, ended } = await holdRead(server);
		const { via, unique } = request;
		if (via.kind === "device") throw new Error("the request came by /dev/fuse");
		for (const qid of [server.queues, 0xffff])
			t.equal(await server.commit(via.entry, unique, { qid }), -ERRNO.EINVAL, `queue ${qid} of ${server.queues}`);
		t.equal(await server.reply(request), null, "the right queue");
		t.equal(await ended, "ok", "the read ends well");
	},
});
