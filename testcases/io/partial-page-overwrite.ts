import { open, readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Writing part of a page that is not cached makes the kernel read the rest of it first. */
export const testCase = defineCase({
	name: "io/partial-page-overwrite",
	proves: "Overwriting a few bytes in the middle of uncached pages keeps the bytes around them.",
	decidedIn: "fs/fuse/file.c:fuse_iomap_read_folio_range (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = patternOf(5, 64 * 1024);
		await writeFile(`${lab.mount}/file`, wanted);
		await dropCaches();
		const patch = patternOf(6, 100);
		await using file = await open(`${lab.mount}/file`, "r+");
		for (const offset of [1000, 4096 * 3 - 50, 4096 * 9 + 1]) {
			await writeAt(file, patch, offset);
			patch.copy(wanted, offset);
		}
		await file.close();
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has old bytes around the new ones");
		await dropCaches();
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted, "so has the mount");
	},
});
