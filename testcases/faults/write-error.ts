import { defineCase } from "../case.ts";
import { FAILING_WRITES } from "../lib/orders.ts";
import { failedWrite } from "../lib/spoilt-request.ts";

/** A direct write waits for its reply, and so hears of it. */
export const testCase = defineCase({
	name: "faults/write-error",
	proves: "A server's ENOSPC on a WRITE is ENOSPC to the direct writer, and the next write succeeds.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io (Linux 7.3)",
	negativeControl: FAILING_WRITES,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await failedWrite(t, lab, { fault: "error", value: -28 }, "ENOSPC");
	},
});
