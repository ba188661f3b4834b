import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { difference, sha256 } from "../lib/same-bytes.ts";

const CHUNK_BYTES = 64 * 1024;

/** The plainest promise: what an application wrote is what the server stored. */
export const testCase = defineCase({
	name: "io/checksum-to-store",
	proves: "4 MiB written through the mount and fsynced have the same SHA-256 in the store.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter, fuse_writepages (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = patternOf(1, 4 << 20);
		await using file = await createFile(`${lab.mount}/file`);
		for (let offset = 0; offset < wanted.length; offset += CHUNK_BYTES)
			await writeAt(file, wanted.subarray(offset, offset + CHUNK_BYTES), offset);
		await file.sync();
		const stored = await readFile(`${lab.behind}/file`);
		t.equal(sha256(stored), sha256(wanted), `the digests agree (${difference(stored, wanted)})`);
	},
});
