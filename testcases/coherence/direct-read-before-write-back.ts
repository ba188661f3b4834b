import { constants } from "node:fs";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A direct read writes back its own range, not what makes the file as long as the client knows it. */
export const testCase = defineCase({
	name: "coherence/direct-read-before-write-back",
	proves:
		"A direct read of a hole below dirty pages of a write-back cache ends early, and gives the zeros after an fsync.",
	decidedIn: "fs/fuse/file.c:fuse_direct_IO; mm/filemap.c:generic_file_read_iter (Linux 7.3)",
	negativeControl: "write-lost",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const buffered = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const direct = await client.open(`${lab.mount}/file`, constants.O_RDONLY | constants.O_DIRECT);
		await client.write(buffered, patternOf(1, 4096), 16 * 4096);
		const early = await client.read(direct, 8192, 4096);
		// Of our modes' servers passthrough_hp alone asks for the write-back cache.
		const wanted = lab.server === null ? 0 : 8192;
		t.equal(
			early.length,
			wanted,
			lab.server === null ? "it says end of file" : "a write-through server knows the size",
		);
		await client.sync(buffered);
		sameBytes(t, await client.read(direct, 8192, 4096), Buffer.alloc(8192), "after the fsync it is zeros");
		sameBytes(t, await client.read(direct, 4096, 16 * 4096), patternOf(1, 4096), "and the data is behind it");
	},
});
