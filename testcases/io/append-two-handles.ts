import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** With write-back the kernel, not the server, knows where the file ends. */
export const testCase = defineCase({
	name: "io/append-two-handles",
	proves: "Two handles that append by turns produce all records, in order and without overlap.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter (Linux 7.3)",
	negativeControl: "write-lost",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using first = await open(`${lab.mount}/log`, "a+");
		await using second = await open(`${lab.mount}/log`, "a+");
		const records = Array.from({ length: 40 }, (_, index) => patternOf(200 + index, 150 + index * 7));
		for (const [index, record] of records.entries()) await (index % 2 === 0 ? first : second).appendFile(record);
		const wanted = Buffer.concat(records);
		sameBytes(t, await readFile(`${lab.mount}/log`), wanted, "the mount has every record");
		await first.close();
		await second.close();
		sameBytes(t, await readFile(`${lab.behind}/log`), wanted, "so has the store");
	},
});
