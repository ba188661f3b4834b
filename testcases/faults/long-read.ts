import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { FAILING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** On /dev/fuse the write(2) of such a reply fails instead, and the client gets EIO. */
export const testCase = defineCase({
	name: "faults/long-read",
	proves: "A READ reply longer than what was asked for is EINVAL to the client, and the next READ is whole.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_out_args (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "long-reply", value: 1, opcode: OPCODE.read });
		await t.rejects(readDirect(path, 4096), { code: "EINVAL" }, "the client gets EINVAL");
		sameBytes(t, await readDirect(path, 4096), content, "the next read is right");
	},
});
