import { readFile, stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const KEPT_BYTES = 4096 + 77;

/** Pages beyond the new end may be dirty; they must neither survive nor be written. */
export const testCase = defineCase({
	name: "io/truncate-shrink",
	proves: "Truncating a file with dirty pages leaves exactly its first bytes, in the mount and in the store.",
	decidedIn: "fs/fuse/dir.c:fuse_do_setattr (Linux 7.3)",
	negativeControl: "truncate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = patternOf(7, 5 * 4096);
		await using file = await createFile(`${lab.mount}/file`);
		await writeAt(file, wanted, 0);
		await file.truncate(KEPT_BYTES);
		t.equal((await file.stat()).size, KEPT_BYTES, "the open file has the new size");
		await file.close();
		t.equal((await stat(`${lab.behind}/file`)).size, KEPT_BYTES, "the store has the new size");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted.subarray(0, KEPT_BYTES), "the store has the first bytes");
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted.subarray(0, KEPT_BYTES), "so has the mount");
	},
});
