import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The pages go with the size, and come back as zeros. */
export const testCase = defineCase({
	name: "io/truncate-under-mapping",
	proves: "After a truncate under a mapping the lost pages are SIGBUS, and zeros after the file has grown again.",
	decidedIn: "fs/fuse/dir.c:fuse_do_setattr; mm/truncate.c:truncate_pagecache (Linux 7.3)",
	negativeControl: "truncate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(13, 4 * 4096);
		await client.write(fd, wanted, 0);
		const map = await client.map(fd, wanted.length, PROT.read | PROT.write, MAP.shared);
		await client.mapWrite(map, Buffer.from("dirty"), 3 * 4096);
		await client.truncate(fd, 4096 + 10);
		await t.rejects(client.mapRead(map, 1, 3 * 4096), { code: "EFAULT" }, "a lost page is not there");
		wanted.fill(0, 4096 + 10);
		sameBytes(t, await client.mapRead(map, 8192, 0), wanted.subarray(0, 8192), "the last page ends in zeros");
		await client.truncate(fd, wanted.length);
		sameBytes(t, await client.mapRead(map, wanted.length, 0), wanted, "and the rest is zeros when it is back");
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "in the store too");
	},
});
