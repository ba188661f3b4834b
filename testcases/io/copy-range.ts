import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A server that knows COPY_FILE_RANGE is asked, for another the kernel splices. */
export const testCase = defineCase({
	name: "io/copy-range",
	proves: "copy_file_range(2) between two files of the mount copies what was just written, at any offset.",
	decidedIn: "fs/fuse/file.c:fuse_copy_file_range (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const to = await client.open(`${lab.mount}/copy`, constants.O_RDWR | constants.O_CREAT);
		const content = patternOf(9, 100_000);
		await client.write(fd, content, 0);
		const wanted = Buffer.alloc(200_000);
		for (const [from, at, length] of [
			[0, 100_000, 100_000],
			[4095, 1, 8194],
			[50_000, 20_480, 4096],
		] as const) {
			for (let done = 0; done < length; ) done += await client.copyRange(fd, from + done, to, at + done, length - done);
			content.copy(wanted, at, from, from + length);
			sameBytes(
				t,
				(await client.read(to, length, at)).subarray(0, length),
				content.subarray(from, from + length),
				`to ${at}`,
			);
		}
		await client.sync(to);
		sameBytes(t, await readFile(`${lab.behind}/copy`), wanted, "the store has the copies");
		t.equal(await client.copyRange(fd, 100_000, to, 0, 10), 0, "there is nothing behind the end");
	},
});
