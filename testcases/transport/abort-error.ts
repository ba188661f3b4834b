import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { ERRNO, holdRead } from "../lib/bare-work.ts";

/** A server may want to know whether it was unmounted or cut off. */
export const testCase = defineCase({
	name: "transport/abort-error",
	proves:
		"After an abort a server that asked for FUSE_ABORT_ERROR gets ECONNABORTED from commit and read, another ENOTCONN and ENODEV.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd; fs/fuse/dev.c:fuse_chan_abort (Linux 7.3)",
	negativeControl: { own: "Both servers are asked, and their answers differ." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		for (const [name, flag, ofCommit, ofRead] of [
			["asked", INIT.abortError, ERRNO.ECONNABORTED, ERRNO.ECONNABORTED],
			["silent", 0n, ERRNO.ENOTCONN, ERRNO.ENODEV],
		] as const) {
			await using server = await BareServer.start(lab, { name, flags: INIT.overIoUring | flag });
			await setUpQueues(server, lab.mode);
			const { request, ended } = await holdRead(server);
			await server.abort();
			t.equal(await ended, "ECONNABORTED", `${name}: the reader gets ECONNABORTED`);
			t.equal(await server.reply(request), -ofCommit, `${name}: the commit`);
			t.equal(await server.read(1_000), -ofRead, `${name}: read(2) of /dev/fuse`);
		}
	},
});
