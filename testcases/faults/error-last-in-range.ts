import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { FAILING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The largest number that is still handed through names no errno of Linux. */
export const testCase = defineCase({
	name: "faults/error-last-in-range",
	proves: "The error word -511 reaches the client as it is.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_out_header_has_err (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "error", opcode: OPCODE.read, value: -511 });
		const errno = await readDirect(path, 4096).then(
			() => 0,
			(error: NodeJS.ErrnoException) => error.errno,
		);
		t.equal(errno, -511, "the client gets 511");
		sameBytes(t, await readDirect(path, 4096), content, "the next read is right");
	},
});
