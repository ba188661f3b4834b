import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Mapping, read(2) and write(2) share the pages. */
export const testCase = defineCase({
	name: "coherence/mapping-and-calls",
	proves: "What write(2) writes a mapping shows at once, what is stored into the mapping read(2) gives at once.",
	decidedIn: "fs/fuse/file.c:fuse_file_mmap, fuse_cache_write_iter (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(14, 3 * 4096);
		await client.write(fd, wanted, 0);
		const map = await client.map(fd, wanted.length, PROT.read | PROT.write, MAP.shared);
		for (let turn = 0; turn < 20; turn += 1) {
			const [here, there] = [patternOf(100 + turn, 300), patternOf(200 + turn, 300)];
			await client.write(fd, here, 4000 + turn);
			here.copy(wanted, 4000 + turn);
			await client.mapWrite(map, there, 8000 + turn);
			there.copy(wanted, 8000 + turn);
			const same = [await client.mapRead(map, wanted.length, 0), await client.read(fd, wanted.length, 0)].every(
				(bytes) => bytes.equals(wanted),
			);
			if (!same) t.fail(`turn ${turn}: mapping and file differ`);
		}
		await client.mapSync(map);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has all of both");
	},
});
