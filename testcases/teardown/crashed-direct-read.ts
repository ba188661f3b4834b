import { defineCase } from "../case.ts";
import { FAILING_READS } from "../lib/orders.ts";
import { deathInRead } from "../lib/spoilt-request.ts";

/** The last of the server's descriptors closes with the process, which aborts the connection. */
export const testCase = defineCase({
	name: "teardown/crashed-direct-read",
	proves:
		"When the server crashes while it holds a direct READ, the reader gets ECONNABORTED at once, and the mount ENOTCONN.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cancel; fs/fuse/dev.c:fuse_dev_release, fuse_chan_abort (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 15_000,
	async check(t, lab) {
		await deathInRead(t, lab, "segv", { exitCode: null, signal: "SIGSEGV" });
	},
});
