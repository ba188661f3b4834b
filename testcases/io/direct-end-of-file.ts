import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { putBehind } from "../lib/direct-read.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The end of the file is in the middle of what was asked for. */
export const testCase = defineCase({
	name: "io/direct-end-of-file",
	proves: "A direct read across the end gives what is there, and one at or behind the end gives nothing.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 10_001);
		await using file = await open(path, constants.O_RDONLY | constants.O_DIRECT);
		const memory = alignedBuffer(65_536).fill(0x55);
		const read = async (length: number, offset: number): Promise<number> =>
			(await file.read(memory, 0, length, offset)).bytesRead;
		t.equal(await read(65_536, 0), 10_001, "the read ends with the file");
		sameBytes(t, memory.subarray(0, 10_001), content, "with its content");
		t.ok(
			memory.subarray(12_288).every((byte) => byte === 0x55),
			"the pages behind it are as they were",
		);
		t.equal(await read(4096, 8192), 10_001 - 8192, "from the last page on");
		t.equal(await read(4096, 12_288), 0, "behind the end");
		t.equal(await read(4096, 1 << 30), 0, "far behind the end");
	},
});
