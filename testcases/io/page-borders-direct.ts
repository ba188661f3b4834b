import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { directStepBytes } from "../lib/direct-step.ts";
import { imageOf, pageBorderPieces, writePieces, wrongPieces } from "../lib/page-borders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Direct requests are cut at pages of the caller's memory, without the page cache to smooth it over. */
export const testCase = defineCase({
	name: "io/page-borders-direct",
	proves: "O_DIRECT writes and reads that start or end beside a page border move exactly their bytes.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io, fuse_get_user_pages (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const pieces = pageBorderPieces(directStepBytes(lab.store));
		const memory = alignedBuffer(16384);
		await using file = await open(
			`${lab.mount}/file`,
			constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT,
			0o600,
		);
		await writePieces(file, pieces, memory);
		t.same(await wrongPieces(file, pieces, memory), [], "every piece reads back through the mount");
		await file.close();
		sameBytes(t, await readFile(`${lab.behind}/file`), imageOf(pieces), "the store has every piece in its place");
	},
});
