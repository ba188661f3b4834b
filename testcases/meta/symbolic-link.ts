import { lstat, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";

/** The kernel caches a link's text and follows it by itself. */
export const testCase = defineCase({
	name: "meta/symbolic-link",
	proves: "A symbolic link keeps its exact text, of any length, and leads to its target.",
	decidedIn: "fs/fuse/dir.c:fuse_symlink, fuse_readlink_folio (Linux 7.3)",
	negativeControl: "readlink-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		const long = `${"deep/".repeat(200)}end`;
		await writeFile(`${lab.mount}/target`, "content");
		await symlink("target", `${lab.mount}/short`);
		await symlink(long, `${lab.mount}/long`);
		await dropCaches();
		t.equal(await readlink(`${lab.mount}/short`), "target", "a short text comes back");
		t.equal(await readlink(`${lab.mount}/long`), long, "a text of 1,003 bytes comes back");
		t.equal(await readFile(`${lab.mount}/short`, "utf8").catch(String), "content", "following it reaches the file");
		t.ok((await lstat(`${lab.behind}/long`)).isSymbolicLink(), "the store has a link");
		t.equal(await readlink(`${lab.behind}/long`), long, "with the same text");
	},
});
