import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";
import { bytesOfDump } from "../lib/xfs-io.ts";

/** Page faults, not read(2), ask the server; the last page is only partly backed. */
export const testCase = defineCase({
	name: "io/mmap-read",
	proves: "A file that is mapped shows the stored bytes, and zeros between its end and the end of the page.",
	decidedIn: "fs/fuse/file.c:fuse_file_mmap, fuse_read_folio (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const content = patternOf(11, 2 * 4096 + 100);
		await writeFile(`${lab.behind}/file`, content);
		const mapped = 3 * 4096;
		const read = await lab.run("xfs_io", [
			"-r",
			"-c",
			`mmap -r 0 ${mapped}`,
			"-c",
			`mread -v 0 ${mapped}`,
			`${lab.mount}/file`,
		]);
		t.equal(read.status, 0, `xfs_io succeeds (${read.stderr.trim()})`);
		const wanted = Buffer.alloc(mapped);
		content.copy(wanted);
		sameBytes(t, bytesOfDump(read.stdout), wanted, "the mapping shows the file");
	},
});
