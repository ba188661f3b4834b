import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, FALLOC, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The pages of the hole are unmapped, and the next touch fetches zeros. */
export const testCase = defineCase({
	name: "io/punch-hole-under-mapping",
	proves: "A mapping shows zeros where a hole was punched, and a store to it fills the hole again.",
	decidedIn: "fs/fuse/file.c:fuse_file_fallocate; mm/truncate.c:truncate_pagecache_range (Linux 7.3)",
	negativeControl: "fallocate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(4, 4 * 4096);
		await client.write(fd, wanted, 0);
		const map = await client.map(fd, wanted.length, PROT.read | PROT.write, MAP.shared);
		sameBytes(t, await client.mapRead(map, wanted.length, 0), wanted, "the mapping shows the file");
		await client.fallocate(fd, FALLOC.punchHole | FALLOC.keepSize, 4096, 8192);
		wanted.fill(0, 4096, 3 * 4096);
		sameBytes(t, await client.mapRead(map, wanted.length, 0), wanted, "and then the hole");
		await client.mapWrite(map, Buffer.from("back"), 5000);
		wanted.write("back", 5000);
		await client.mapSync(map);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has what was put into it");
	},
});
