import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { LYING_READS, OPCODE, orderFault, statsOf } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The first commit has parked the entry: it holds no request any more. */
export const testCase = defineCase({
	name: "faults/double-commit",
	proves: "The second commit of one request is answered ENOENT, and the client has its data.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "double-commit", opcode: OPCODE.read });
		sameBytes(t, await readDirect(path, 4096), content, "the read is right");
		sameBytes(t, await readDirect(path, 4096), content, "the next one too");
		const { faultAnswers } = await statsOf(lab);
		t.same(
			faultAnswers.map(({ res }) => res),
			[-2],
			"the kernel answered ENOENT to the commit too many",
		);
	},
});
