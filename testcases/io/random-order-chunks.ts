import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf, shuffled } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Not a multiple of a page, so that neighbours share pages. */
const CHUNK_BYTES = 10_007;
const CHUNKS = 200;

/** Write-back may merge only neighbours: out-of-order dirty pages must not be joined wrongly. */
export const testCase = defineCase({
	name: "io/random-order-chunks",
	proves: "A file written in chunks in random order reads back whole from the server after the caches are dropped.",
	decidedIn: "fs/fuse/file.c:fuse_folios_need_send (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = patternOf(3, CHUNKS * CHUNK_BYTES);
		await using file = await createFile(`${lab.mount}/file`);
		for (const chunk of shuffled(4, CHUNKS)) {
			const offset = chunk * CHUNK_BYTES;
			await writeAt(file, wanted.subarray(offset, offset + CHUNK_BYTES), offset);
		}
		await file.close();
		await dropCaches();
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted, "the mount has every chunk in its place");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has every chunk in its place");
	},
});
