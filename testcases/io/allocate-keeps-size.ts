import { constants } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, FALLOC } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** FALLOC_FL_KEEP_SIZE reserves blocks and no more. */
export const testCase = defineCase({
	name: "io/allocate-keeps-size",
	proves: "fallocate(2) with KEEP_SIZE beyond the end leaves size and content, and the store has the blocks.",
	decidedIn: "fs/fuse/file.c:fuse_file_fallocate (Linux 7.3)",
	negativeControl: "fallocate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		await client.write(fd, patternOf(2, 100), 0);
		await client.sync(fd);
		await client.fallocate(fd, FALLOC.keepSize, 0, 1 << 20);
		t.equal((await stat(`${lab.mount}/file`)).size, 100, "the size is as it was");
		sameBytes(t, await readFile(`${lab.mount}/file`), patternOf(2, 100), "the content too");
		t.ok((await stat(`${lab.behind}/file`)).blocks * 512 >= 1 << 20, "the store has the room");
	},
});
