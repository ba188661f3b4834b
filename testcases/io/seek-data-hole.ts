import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, SEEK } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** What is called a hole must be zeros. */
export const testCase = defineCase({
	name: "io/seek-data-hole",
	proves: "SEEK_DATA and SEEK_HOLE call nothing a hole that has data, and end with ENXIO at the end of the file.",
	decidedIn: "fs/fuse/file.c:fuse_lseek (Linux 7.3)",
	negativeControl: "write-lost",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = Buffer.alloc(40 * 4096);
		for (const page of [0, 8, 9, 30]) {
			await client.write(fd, patternOf(page + 1, 4096), page * 4096);
			patternOf(page + 1, 4096).copy(wanted, page * 4096);
		}
		await client.truncate(fd, wanted.length);
		await client.sync(fd);
		const covered = Buffer.alloc(wanted.length);
		for (let at = 0; at < wanted.length; ) {
			const data = await client.seek(fd, at, SEEK.data).catch(() => wanted.length);
			const hole = data === wanted.length ? data : await client.seek(fd, data, SEEK.hole);
			covered.fill(1, data, hole);
			at = hole;
		}
		t.equal(
			wanted.findIndex((byte, at) => byte !== 0 && covered[at] === 0),
			-1,
			"no data is in a hole",
		);
		await t.rejects(client.seek(fd, wanted.length, SEEK.data), { code: "ENXIO" }, "there is no data behind the end");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has the file");
	},
});
