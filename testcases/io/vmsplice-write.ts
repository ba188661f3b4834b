import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The pages of the pipe become pages of the request or of the cache. */
export const testCase = defineCase({
	name: "io/vmsplice-write",
	proves: "A pipe that holds the client's own pages, by vmsplice(2), spliced into a file is stored byte for byte.",
	decidedIn: "fs/fuse/file.c:fuse_splice_write (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = Buffer.alloc(70_000);
		for (const [offset, length] of [
			[0, 60_000],
			[4095, 2],
			[8192, 4096],
			[65_535, 4465],
		] as const) {
			const bytes = patternOf(offset + 1, length);
			t.equal(await client.spliceWrite(fd, bytes, offset, "vmsplice"), length, `${length} bytes at ${offset}`);
			bytes.copy(wanted, offset);
		}
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has them");
	},
});
