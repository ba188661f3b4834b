import { open, stat, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The size comes from the server; one byte too much would read as a zero that nobody wrote. */
export const testCase = defineCase({
	name: "io/end-of-file",
	proves: "Reads that reach or start beyond the end of a file return exactly the bytes that exist.",
	decidedIn: "fs/fuse/inode.c:fuse_change_attributes; fs/fuse/file.c:fuse_cache_read_iter, fuse_short_read (Linux 7.3)",
	negativeControl: "size-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		const content = patternOf(15, 4096 + 10);
		await writeFile(`${lab.behind}/file`, content);
		t.equal((await stat(`${lab.mount}/file`)).size, content.length, "stat says the stored size");
		await using file = await open(`${lab.mount}/file`, "r");
		const memory = Buffer.alloc(3 * 4096, 0xee);
		const across = await file.read(memory, 0, memory.length, 4000);
		sameBytes(t, memory.subarray(0, across.bytesRead), content.subarray(4000), "a read across the end is short");
		t.ok(
			memory.subarray(across.bytesRead).every((byte) => byte === 0xee),
			"the rest of the memory is untouched",
		);
		t.equal((await file.read(memory, 0, 100, content.length)).bytesRead, 0, "a read at the end returns nothing");
		t.equal((await file.read(memory, 0, 100, 1 << 20)).bytesRead, 0, "a read far beyond the end returns nothing");
	},
});
