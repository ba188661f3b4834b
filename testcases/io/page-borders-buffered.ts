import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { createFile } from "../lib/create-file.ts";
import { imageOf, pageBorderPieces, writePieces, wrongPieces } from "../lib/page-borders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Off by one in folio and request arithmetic shows at page borders first. */
export const testCase = defineCase({
	name: "io/page-borders-buffered",
	proves: "Buffered writes and reads that start or end beside a page border move exactly their bytes.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter, fuse_iomap_writeback_range, fuse_readahead (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const pieces = pageBorderPieces(1);
		const memory = Buffer.alloc(16384);
		await using writer = await createFile(`${lab.mount}/file`);
		await writePieces(writer, pieces, memory);
		await writer.close();
		sameBytes(t, await readFile(`${lab.behind}/file`), imageOf(pieces), "the store has every piece in its place");
		await dropCaches();
		await using reader = await open(`${lab.mount}/file`, "r");
		t.same(await wrongPieces(reader, pieces, memory), [], "every piece reads back through the mount");
	},
});
