import { readFile, stat, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** O_TRUNC travels as a flag of OPEN; cached pages of the old content must go. */
export const testCase = defineCase({
	name: "io/truncate-on-open",
	proves: "Opening with O_TRUNC empties the file at once, and a shorter new content has nothing of the old one.",
	decidedIn: "fs/fuse/file.c:fuse_truncate_update_attr (Linux 7.3)",
	negativeControl: "truncate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, patternOf(9, 3 * 4096 + 5));
		await using file = await createFile(`${lab.mount}/file`);
		t.equal((await file.stat()).size, 0, "the mount says that it is empty");
		t.equal((await stat(`${lab.behind}/file`)).size, 0, "so does the store");
		const wanted = patternOf(10, 4096 + 1);
		await writeAt(file, wanted, 0);
		await file.close();
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted, "the mount has the new content only");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "so has the store");
	},
});
