import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, holdRead } from "../lib/bare-work.ts";

/** The reply's payload is in the pool, which the command makes accessible. */
export const testCase = defineCase({
	name: "transport/commit-other-index",
	proves: "A commit that does not name the queue's registered pool is answered EINVAL, and the request stays open.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch, fuse_uring_cmd_index_ok (Linux 7.3)",
	negativeControl: { own: "The commit that names it is taken afterwards, and the reader has its data." },
	needs: ["pinned-pool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode);
		const { request, ended } = await holdRead(server);
		const { via, unique } = request;
		if (via.kind === "device") throw new Error("the request came by /dev/fuse");
		const { index = 0, ...nameless } = via.entry;
		t.equal(await server.commit(nameless, unique), -ERRNO.EINVAL, "without a registered buffer");
		t.equal(await server.commit(via.entry, unique, { index: index + 1 }), -ERRNO.EINVAL, "with another one");
		t.equal(await server.reply(request), null, "with the right one");
		t.equal(await ended, "ok", "the read ends well");
	},
});
