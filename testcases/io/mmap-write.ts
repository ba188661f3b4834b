import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Stores to a shared mapping reach the server by write-back of pages that no write(2) touched. */
export const testCase = defineCase({
	name: "io/mmap-write",
	proves: "Bytes stored into a shared mapping are in the store after msync(MS_SYNC).",
	decidedIn: "fs/fuse/file.c:fuse_page_mkwrite, fuse_writepages (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = patternOf(12, 4 * 4096);
		await writeFile(`${lab.mount}/file`, wanted);
		const [start, length] = [4096 - 10, 4096 + 20];
		const wrote = await lab.run("xfs_io", [
			...["-c", `mmap -rw 0 ${wanted.length}`],
			...["-c", `mwrite -S 0x5a ${start} ${length}`],
			...["-c", `msync -s 0 ${wanted.length}`],
			`${lab.mount}/file`,
		]);
		t.equal(wrote.status, 0, `xfs_io succeeds (${wrote.stderr.trim()})`);
		wanted.fill(0x5a, start, start + length);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has the mapped bytes");
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted, "read(2) sees them too");
	},
});
