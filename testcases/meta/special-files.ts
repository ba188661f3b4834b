import { readdir, stat, unlink } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** Neither pipe nor socket is ever asked of the server once it is there. */
export const testCase = defineCase({
	name: "meta/special-files",
	proves: "A pipe, a socket and a device made through the mount are such in the store, and work or go as such.",
	decidedIn: "fs/fuse/dir.c:fuse_mknod; fs/fuse/inode.c:fuse_init_inode (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		t.equal((await lab.run("mkfifo", [`${lab.mount}/pipe`])).status, 0, "mkfifo succeeds");
		t.ok((await stat(`${lab.behind}/pipe`)).isFIFO(), "it is one in the store");
		const through = await lab.run("sh", ["-c", 'cat "$0" & printf through > "$0"; wait', `${lab.mount}/pipe`]);
		t.equal(through.stdout, "through", "and carries bytes");
		await unlink(`${lab.mount}/pipe`);
		t.same(await readdir(lab.behind), [], "and goes");
	},
});
