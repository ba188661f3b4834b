import { readFile, stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const SIZE_BYTES = 2 << 20;

/** A hole is data too: it reads as zeros and takes no room. */
export const testCase = defineCase({
	name: "io/sparse-holes",
	proves: "Islands written far apart stay sparse in the store, and the holes between them read as zeros.",
	decidedIn: "fs/fuse/file.c:fuse_short_read, fuse_iomap_begin (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = Buffer.alloc(SIZE_BYTES);
		await using file = await createFile(`${lab.mount}/file`);
		for (const offset of [300_000, 900_001, SIZE_BYTES - 4096 - 33]) {
			const island = patternOf(offset, 4096);
			island.copy(wanted, offset);
			await writeAt(file, island, offset);
		}
		await file.truncate(SIZE_BYTES);
		await file.close();
		await dropCaches();
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted, "the mount has islands and zeros");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "so has the store");
		const { blocks } = await stat(`${lab.behind}/file`);
		t.ok(blocks * 512 < SIZE_BYTES / 4, `the store stayed sparse (${blocks} blocks)`);
	},
});
