import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** The dentry of the replaced file must not live on in the cache. */
export const testCase = defineCase({
	name: "meta/rename-over",
	proves:
		"Renaming over an existing file replaces it, keeps the inode and content of the source, and removes the old name.",
	decidedIn: "fs/fuse/dir.c:fuse_rename_common (Linux 7.3)",
	negativeControl: "rename-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/new`, "new content");
		await writeFile(`${lab.mount}/old`, "old content, longer");
		const { ino } = await stat(`${lab.mount}/new`);
		await rename(`${lab.mount}/new`, `${lab.mount}/old`);
		t.equal(await readFile(`${lab.mount}/old`, "utf8"), "new content", "the mount shows the new content");
		t.equal((await stat(`${lab.mount}/old`)).ino, ino, "it is the same inode");
		t.equal(await readFile(`${lab.behind}/old`, "utf8"), "new content", "the store has the new content");
		t.same(await readdir(lab.behind), ["old"], "the store has one name left");
		t.same(await readdir(lab.mount), ["old"], "so has the mount");
	},
});
