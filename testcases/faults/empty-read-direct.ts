import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { LYING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A reply without data is the end of the file, whatever the size says. */
export const testCase = defineCase({
	name: "faults/empty-read-direct",
	proves: "A READ reply without data is an end of file, and the next READ is whole.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_out_args (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 8192);
		await orderFault(lab, { fault: "short-reply", opcode: OPCODE.read, value: 8192 });
		t.equal((await readDirect(path, 8192)).length, 0, "the read ends at once");
		sameBytes(t, await readDirect(path, 8192), content, "the next read is whole");
	},
});
