import { constants } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Mode 0 promises room, and with it the size. */
export const testCase = defineCase({
	name: "io/allocate-grows",
	proves: "fallocate(2) beyond the end makes the file that long, and the new part zeros.",
	decidedIn: "fs/fuse/file.c:fuse_file_fallocate (Linux 7.3)",
	negativeControl: "fallocate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		await client.write(fd, patternOf(1, 5000), 0);
		await client.fallocate(fd, 0, 4000, 9000);
		const wanted = Buffer.concat([patternOf(1, 5000), Buffer.alloc(8000)]);
		t.equal((await stat(`${lab.mount}/file`)).size, 13_000, "the size has grown");
		sameBytes(t, await client.read(fd, 20_000, 0), wanted, "and reads as zeros");
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has it too");
	},
});
