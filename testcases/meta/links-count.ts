import { link, stat, unlink, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** The kernel keeps a count that the server has to renew. */
export const testCase = defineCase({
	name: "meta/links-count",
	proves: "The link count follows links and unlinks, through every name.",
	decidedIn: "fs/fuse/dir.c:fuse_link, fuse_unlink (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/0`, "x");
		for (let name = 1; name < 5; name += 1) await link(`${lab.mount}/${name - 1}`, `${lab.mount}/${name}`);
		t.equal((await stat(`${lab.mount}/2`)).nlink, 5, "five names");
		await unlink(`${lab.mount}/0`);
		await unlink(`${lab.mount}/4`);
		t.equal((await stat(`${lab.mount}/2`)).nlink, 3, "three are left");
		t.equal((await stat(`${lab.behind}/2`)).nlink, 3, "in the store too");
	},
});
