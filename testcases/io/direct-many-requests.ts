import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { directStepBytes } from "../lib/direct-step.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** One call of the client, several requests, one result. */
export const testCase = defineCase({
	name: "io/direct-many-requests",
	proves: "A direct write and read of eight times max_write and a bit more are whole.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 20_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT);
		const most = Math.min(lab.maxWrite, 512 * 1024);
		const bytes = patternOf(8, 8 * most + directStepBytes(lab.store));
		for (let at = 0; at < bytes.length; at += 4 * lab.maxWrite)
			await client.write(fd, bytes.subarray(at, at + 4 * lab.maxWrite), at);
		sameBytes(t, await readFile(`${lab.behind}/file`), bytes, "the store has all of it");
		sameBytes(t, await client.read(fd, bytes.length, 0), bytes, "and one read gives all of it");
	},
});
