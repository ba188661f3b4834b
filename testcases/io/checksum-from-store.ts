import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { difference, sha256 } from "../lib/same-bytes.ts";

/** The plainest promise of reading, with a size that ends inside a page. */
export const testCase = defineCase({
	name: "io/checksum-from-store",
	proves: "A file of 4 MiB and 123 bytes that lies in the store has the same SHA-256 through the mount.",
	decidedIn: "fs/fuse/file.c:fuse_readahead, fuse_short_read (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = patternOf(2, (4 << 20) + 123);
		// The name was never looked up through the mount, so the server has nothing cached that could be stale.
		await writeFile(`${lab.behind}/file`, wanted);
		const found = await readFile(`${lab.mount}/file`);
		t.equal(found.length, wanted.length, "the length is the stored one");
		t.equal(sha256(found), sha256(wanted), `the digests agree (${difference(found, wanted)})`);
	},
});
