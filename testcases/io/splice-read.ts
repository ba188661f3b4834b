import { constants } from "node:fs";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { putBehind } from "../lib/direct-read.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Pages of the cache, or fresh ones, go into the pipe. */
export const testCase = defineCase({
	name: "io/splice-read",
	proves: "splice(2) from a file to a pipe gives its bytes, at page borders and across the end.",
	decidedIn: "fs/fuse/file.c:fuse_splice_read (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 60_001);
		await using client = Client.start();
		const fd = await client.open(path, constants.O_RDONLY);
		for (const [offset, length] of [
			[0, 60_001],
			[4095, 2],
			[4096, 4096],
			[8191, 12_290],
			[59_000, 4096],
		] as const) {
			const wanted = content.subarray(offset, offset + length);
			sameBytes(t, await client.spliceRead(fd, length, offset), wanted, `${length} bytes at ${offset}`);
		}
		t.equal((await client.spliceRead(fd, 100, 70_000)).length, 0, "nothing behind the end");
	},
});
