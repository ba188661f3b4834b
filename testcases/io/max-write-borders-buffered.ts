import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Write-back fills requests up to max_write; the byte after it must start a new one. */
export const testCase = defineCase({
	name: "io/max-write-borders-buffered",
	proves:
		"Files of max_write - 1, max_write and max_write + 1 bytes written through the page cache are stored and read back whole.",
	decidedIn: "fs/fuse/file.c:fuse_folios_need_send, fuse_iomap_writeback_range (Linux 7.3)",
	negativeControl: "write-lost",
	timeoutMs: 10_000,
	async check(t, lab) {
		const contents = [lab.maxWrite - 1, lab.maxWrite, lab.maxWrite + 1].map((length) => patternOf(length, length));
		for (const content of contents) {
			const { length } = content;
			await writeFile(`${lab.mount}/${length}`, content);
			sameBytes(t, await readFile(`${lab.behind}/${length}`), content, `${length} bytes are stored`);
		}
		await dropCaches();
		for (const content of contents) {
			const { length } = content;
			sameBytes(t, await readFile(`${lab.mount}/${length}`), content, `${length} bytes read back`);
		}
	},
});
