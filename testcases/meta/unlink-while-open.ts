import { readdir, unlink } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf } from "../lib/pattern.ts";
import { readAt, writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** An unlinked inode lives until its last handle is closed. */
export const testCase = defineCase({
	name: "meta/unlink-while-open",
	proves: "An unlinked file that is still open can be written and read, while its name is gone everywhere.",
	decidedIn: "fs/fuse/dir.c:fuse_unlink; fs/fuse/file.c:fuse_release_common (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using file = await createFile(`${lab.mount}/file`);
		await writeAt(file, patternOf(18, 5000), 0);
		await unlink(`${lab.mount}/file`);
		t.same(await readdir(lab.behind), [], "the name is gone from the store");
		t.same(await readdir(lab.mount), [], "the name is gone from the mount");
		const wanted = patternOf(19, 9000);
		await writeAt(file, wanted, 0);
		await file.sync();
		sameBytes(
			t,
			await readAt(file, Buffer.alloc(wanted.length), 0),
			wanted,
			"the open file still takes and gives data",
		);
		t.equal((await file.stat()).nlink, 0, "it has no link left");
	},
});
