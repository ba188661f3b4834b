import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { FAILING_WRITES, OPCODE, orderFault } from "../lib/orders.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** For a WRITE the kernel has left the length of the data in the field, and the reply is 8 bytes. */
export const testCase = defineCase({
	name: "faults/unset-size-write",
	proves: "A WRITE whose server forgot to set the payload's size is EINVAL to the client.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_out_args (Linux 7.3)",
	negativeControl: FAILING_WRITES,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using file = await open(
			`${lab.mount}/file`,
			constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT,
			0o600,
		);
		const memory = alignedBuffer(4096);
		patternOf(31, 4096).copy(memory);
		await orderFault(lab, { fault: "keep-size", opcode: OPCODE.write });
		await t.rejects(file.write(memory, 0, 4096, 0), { code: "EINVAL" }, "the client gets EINVAL");
		t.equal((await file.write(memory, 0, 4096, 0)).bytesWritten, 4096, "the next write succeeds");
		sameBytes(t, await readFile(`${lab.behind}/file`), memory, "and is in the store");
	},
});
