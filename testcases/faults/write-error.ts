import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { FAILING_WRITES, OPCODE, orderFault } from "../lib/orders.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A direct write waits for its reply, and so hears of it. */
export const testCase = defineCase({
	name: "faults/write-error",
	proves: "A server's ENOSPC on a WRITE is ENOSPC to the direct writer, and the next write succeeds.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io (Linux 7.3)",
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
		patternOf(32, 4096).copy(memory);
		await orderFault(lab, { fault: "error", opcode: OPCODE.write, value: -28 });
		await t.rejects(file.write(memory, 0, 4096, 0), { code: "ENOSPC" }, "the client gets ENOSPC");
		t.equal((await file.write(memory, 0, 4096, 0)).bytesWritten, 4096, "the next write succeeds");
		sameBytes(t, await readFile(`${lab.behind}/file`), memory, "and is in the store");
	},
});
