import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, holdRead, refusesRegister } from "../lib/bare-work.ts";

/** The slot's number alone is not enough: io_uring takes no registered buffer for a command that does not say so. */
export const testCase = defineCase({
	name: "transport/command-not-fixed",
	proves:
		"REGISTER and a commit that name the registered pool without IORING_URING_CMD_FIXED are answered EINVAL, and the request stays open.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd_index_ok (Linux 7.3)",
	negativeControl: { own: "The same commands with the flag are taken." },
	needs: ["pinned-pool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await refusesRegister(t, lab, () => ({ isFixed: false }), "without the flag");
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode);
		const { request, ended } = await holdRead(server);
		const { via } = request;
		if (via.kind === "device") throw new Error("the request came by /dev/fuse");
		const { commitId } = via.request;
		t.equal(await server.commit(via.entry, commitId, { isFixed: false }), -ERRNO.EINVAL, "a commit without the flag");
		t.equal(await server.reply(request), null, "with it");
		t.equal(await ended, "ok", "the read ends well");
	},
});
