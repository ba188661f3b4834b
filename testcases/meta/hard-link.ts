import { link, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** Two names, one inode: the kernel has to see that the server's second reply is the same file. */
export const testCase = defineCase({
	name: "meta/hard-link",
	proves: "A hard link is the same inode with two links, and the file survives the removal of its first name.",
	decidedIn: "fs/fuse/dir.c:fuse_link, fuse_unlink (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/first`, "content");
		await link(`${lab.mount}/first`, `${lab.mount}/second`);
		const [first, second] = [await stat(`${lab.mount}/first`), await stat(`${lab.mount}/second`)];
		t.equal(second.ino, first.ino, "both names are one inode");
		t.equal(second.nlink, 2, "it has two links");
		await unlink(`${lab.mount}/first`);
		t.equal((await stat(`${lab.behind}/second`)).nlink, 1, "the store has one link left");
		t.equal((await stat(`${lab.mount}/second`)).nlink, 1, "the mount says so too");
		t.equal(await readFile(`${lab.mount}/second`, "utf8"), "content", "the other name still has the content");
	},
});
