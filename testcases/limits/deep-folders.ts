import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";

/** Every level is a look-up of its own. */
export const testCase = defineCase({
	name: "limits/deep-folders",
	proves: "A file 60 folders deep is written, read and removed with all its folders.",
	decidedIn: "fs/fuse/dir.c:fuse_lookup, fuse_dentry_revalidate (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 20_000,
	async check(t, lab) {
		const down = "/d".repeat(60);
		mkdirSync(`${lab.mount}${down}`, { recursive: true });
		writeFileSync(`${lab.mount}${down}/file`, "down here");
		await dropCaches();
		t.equal(readFileSync(`${lab.mount}${down}/file`, "utf8"), "down here", "it reads back");
		t.equal(readFileSync(`${lab.behind}${down}/file`, "utf8"), "down here", "the store has it");
		rmSync(`${lab.mount}/d`, { recursive: true });
		t.same(await readdir(lab.behind), [], "all of it goes");
	},
});
