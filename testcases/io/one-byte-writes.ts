import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf, shuffled } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Each is a request, or a part of a page. */
export const testCase = defineCase({
	name: "io/one-byte-writes",
	proves: "Three hundred writes of one byte across a page border are all kept.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = Buffer.alloc(4246);
		const bytes = patternOf(19, 300);
		for (const at of shuffled(19, 300)) await client.write(fd, bytes.subarray(at, at + 1), 3946 + at);
		bytes.copy(wanted, 3946);
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has every one");
	},
});
