import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { FAILING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Only -511 to 0 are errors for clients; -512 and below are the kernel's own. */
export const testCase = defineCase({
	name: "faults/error-out-of-range",
	proves: "A reply's error word that is positive, -512 or below is EINVAL to the client.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_out_header_has_err (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		for (const value of [5, -512, -4096, -9999]) {
			await orderFault(lab, { fault: "error", opcode: OPCODE.read, value });
			await t.rejects(readDirect(path, 4096), { code: "EINVAL" }, `${value} becomes EINVAL`);
		}
		sameBytes(t, await readDirect(path, 4096), content, "the next read is right");
	},
});
