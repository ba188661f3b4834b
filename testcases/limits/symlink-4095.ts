import { lstat, readlink, symlink } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** The answer fills a page but for its end. */
export const testCase = defineCase({
	name: "limits/symlink-4095",
	proves: "A symbolic link to 4095 bytes keeps them; one to 4096 is ENAMETOOLONG.",
	decidedIn: "fs/fuse/dir.c:fuse_symlink, fuse_readlink_folio (Linux 7.3)",
	negativeControl: "readlink-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		const target = Array.from({ length: 4095 }, (_, index) => "abcdefg/"[index % 8]).join("");
		await symlink(target, `${lab.mount}/link`);
		t.equal(await readlink(`${lab.behind}/link`), target, "the store has it");
		t.equal(await readlink(`${lab.mount}/link`), target, "it reads back");
		t.equal((await lstat(`${lab.mount}/link`)).size, 4095, "its size is right");
		await t.rejects(symlink(`${target}x`, `${lab.mount}/longer`), { code: "ENAMETOOLONG" }, "4096 bytes");
	},
});
