import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { patternOf } from "../lib/pattern.ts";
import { readAt, writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const LENGTH_BYTES = 16 * 4096;

/** Direct I/O goes around the page cache, so dirty and stale pages have to be dealt with first. */
export const testCase = defineCase({
	name: "io/direct-sees-buffered",
	proves:
		"A direct read returns dirty buffered data, and a buffered read returns what a direct write put over cached pages.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using cached = await open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT, 0o600);
		await using direct = await open(`${lab.mount}/file`, constants.O_RDWR | constants.O_DIRECT);
		const memory = alignedBuffer(LENGTH_BYTES);
		const first = patternOf(16, LENGTH_BYTES);
		await writeAt(cached, first, 0);
		sameBytes(t, await readAt(direct, memory, 0), first, "the direct read sees what was only in the page cache");
		const second = patternOf(17, LENGTH_BYTES);
		second.copy(memory);
		await writeAt(direct, memory, 0);
		sameBytes(
			t,
			await readAt(cached, Buffer.alloc(LENGTH_BYTES), 0),
			second,
			"the buffered read sees the direct write",
		);
	},
});
