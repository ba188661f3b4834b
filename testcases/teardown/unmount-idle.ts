import { readdir, readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Unmounting writes back, forgets every inode and leaves the store as the application left it. */
export const testCase = defineCase({
	name: "teardown/unmount-idle",
	proves: "An idle file system unmounts at once and leaves in the store all that was written.",
	decidedIn: "fs/fuse/inode.c:fuse_sb_destroy, fuse_conn_destroy (Linux 7.3)",
	negativeControl: "write-lost",
	timeoutMs: 20_000,
	async check(t, lab) {
		const wanted = patternOf(20, 300_000);
		await writeFile(`${lab.mount}/file`, wanted);
		t.equal((await readdir(lab.mount)).length, 1, "the file system is served");
		const stopped = await lab.stopServer();
		t.equal(stopped.umountStatus, 0, "umount succeeds");
		t.notOk(stopped.stillMounted, "nothing is mounted there any more");
		await t.rejects(readdir(lab.mount), { code: "ENOENT" }, "the mount point is an empty folder again");
		t.same(await readdir(lab.behind), ["file"], "the store has the file");
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "with its content");
	},
});
