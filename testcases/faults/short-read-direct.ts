import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { LYING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** READ is one of the operations whose reply may be shorter than the room for it. */
export const testCase = defineCase({
	name: "faults/short-read-direct",
	proves: "A READ reply of half the length is a read(2) of half the length, and its bytes are right.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_out_args (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 8192);
		await orderFault(lab, { fault: "short-reply", opcode: OPCODE.read, value: 4096 });
		sameBytes(t, await readDirect(path, 8192), content.subarray(0, 4096), "the first half came, and no more");
		sameBytes(t, await readDirect(path, 8192), content, "the next read is whole");
	},
});
