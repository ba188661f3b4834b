import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { LYING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The size field of the header goes both ways: the kernel has set it to 0 for a READ, copied or zero-copied. */
export const testCase = defineCase({
	name: "faults/unset-size-read",
	proves: "A READ whose server forgot to set the payload's size is an end of file in every ring mode.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_out_args (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 8192);
		await orderFault(lab, { fault: "keep-size", opcode: OPCODE.read });
		t.equal((await readDirect(path, 8192)).length, 0, "the read ends at once");
		sameBytes(t, await readDirect(path, 8192), content, "the next read is whole");
	},
});
