import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { FAILING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** On /dev/fuse unique 0 marks a notification; a ring carries none. */
export const testCase = defineCase({
	name: "faults/unique-zero",
	proves: "A reply with unique 0 is EINVAL to the client, and the next request is served.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_out_header_has_err (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "unique", value: 0, opcode: OPCODE.read });
		await t.rejects(readDirect(path, 4096), { code: "EINVAL" }, "the client gets EINVAL");
		sameBytes(t, await readDirect(path, 4096), content, "the next read is right");
	},
});
