import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A private page is a copy. */
export const testCase = defineCase({
	name: "io/mmap-private",
	proves: "Stores to a private mapping are seen in it alone, by no read and not by the store.",
	decidedIn: "fs/fuse/file.c:fuse_file_mmap (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(11, 4 * 4096 + 100);
		await client.write(fd, wanted, 0);
		const map = await client.map(fd, wanted.length, PROT.read | PROT.write, MAP.private);
		await client.mapWrite(map, Buffer.alloc(5000, 0x77), 4000);
		t.ok((await client.mapRead(map, 5000, 4000)).equals(Buffer.alloc(5000, 0x77)), "the mapping shows them");
		sameBytes(t, await client.read(fd, wanted.length, 0), wanted, "read(2) does not");
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store neither");
	},
});
