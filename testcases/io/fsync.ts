import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** fsync is the only moment at which an application learns that its data could not be stored. */
export const testCase = defineCase({
	name: "io/fsync",
	proves: "Both fsync and fdatasync write dirty pages to the server, ask it to sync, and report its answer.",
	decidedIn: "fs/fuse/file.c:fuse_fsync, fuse_fsync_common (Linux 7.3)",
	negativeControl: "fsync-error",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wanted = patternOf(13, 3 * 4096 + 1);
		await using file = await createFile(`${lab.mount}/file`);
		await writeAt(file, wanted, 0);
		t.equal(await file.sync().then(() => "success", String), "success", "fsync reports success");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has the data while the file is open");
		const more = patternOf(14, 500);
		await writeAt(file, more, wanted.length);
		t.equal(await file.datasync().then(() => "success", String), "success", "fdatasync reports success");
		sameBytes(t, await readFile(`${lab.behind}/file`), Buffer.concat([wanted, more]), "the store has what was added");
	},
});
