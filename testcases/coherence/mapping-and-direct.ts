import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A direct write must throw out what is cached, a direct read write it back first. */
export const testCase = defineCase({
	name: "coherence/mapping-and-direct",
	proves: "A direct read sees stores to a mapping, and the mapping sees a direct write.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(16, 4 * 4096);
		await client.write(fd, wanted, 0);
		const direct = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_DIRECT);
		const map = await client.map(fd, wanted.length, PROT.read | PROT.write, MAP.shared);
		await client.mapWrite(map, patternOf(17, 4096), 4096);
		patternOf(17, 4096).copy(wanted, 4096);
		sameBytes(t, await client.read(direct, wanted.length, 0), wanted, "the direct read has the store");
		await client.write(direct, patternOf(18, 4096), 2 * 4096);
		patternOf(18, 4096).copy(wanted, 2 * 4096);
		sameBytes(t, await client.mapRead(map, wanted.length, 0), wanted, "the mapping has the direct write");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has both");
	},
});
