import { statfs, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { FAILING_STATFS } from "../lib/orders.ts";

/** The numbers are the store's. */
export const testCase = defineCase({
	name: "meta/statfs",
	proves: "statfs(2) on the mount gives the size of the store behind it.",
	decidedIn: "fs/fuse/inode.c:fuse_statfs (Linux 7.3)",
	negativeControl: FAILING_STATFS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const [mount, behind] = [await statfs(lab.mount), await statfs(lab.behind)];
		t.equal(mount.blocks * mount.bsize, behind.blocks * behind.bsize, "all of it");
		t.equal(mount.files, behind.files, "inodes");
		await writeFile(`${lab.mount}/file`, Buffer.alloc(4 << 20));
		const full = await statfs(lab.mount);
		t.ok((mount.bfree - full.bfree) * mount.bsize >= 4 << 20, "four MiB less are free after writing them");
	},
});
