import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A page without any of the file is not there. */
export const testCase = defineCase({
	name: "io/mmap-beyond-end",
	proves: "Touching a page of a mapping wholly behind the end is SIGBUS, and works once the file has grown.",
	decidedIn: "fs/fuse/file.c:fuse_page_mkwrite; mm/filemap.c:filemap_fault (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		await client.write(fd, patternOf(12, 100), 0);
		const map = await client.map(fd, 3 * 4096, PROT.read | PROT.write, MAP.shared);
		await t.rejects(client.mapRead(map, 1, 4096), { code: "EFAULT" }, "a load");
		await t.rejects(client.mapWrite(map, Buffer.from("x"), 8192), { code: "EFAULT" }, "a store");
		await client.truncate(fd, 3 * 4096);
		await client.mapWrite(map, Buffer.from("now"), 8192);
		await client.mapSync(map);
		const wanted = Buffer.alloc(3 * 4096);
		patternOf(12, 100).copy(wanted);
		wanted.write("now", 8192);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has what was stored when it was there");
	},
});
