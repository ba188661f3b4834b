import { readdirSync } from "node:fs";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";

/** Many replies, each going on where the last has ended. */
export const testCase = defineCase({
	name: "limits/readdir-50000",
	proves: "A folder of 50,000 names lists each once.",
	decidedIn: "fs/fuse/readdir.c:fuse_readdir_uncached, fuse_readdir_cached (Linux 7.3)",
	negativeControl: "readdir-short",
	timeoutMs: 60_000,
	async check(t, lab) {
		const wanted = 50_000;
		const make = 'cd "$0" && seq "$1" | sed s/^/name-/ | xargs touch';
		t.equal((await lab.run("sh", ["-c", make, lab.behind, String(wanted)])).status, 0, "the files are there");
		const names = readdirSync(lab.mount);
		t.equal(names.length, wanted, "as many names as there are");
		t.equal(new Set(names).size, wanted, "none twice");
		t.ok(
			names.every((name) => /^name-\d+$/.test(name)),
			"and nothing else",
		);
		// The memory of 50,000 inodes is the next case's.
		await lab.run("sh", ["-c", 'rm -r "$0"/*-*', lab.behind]);
		await dropCaches();
	},
});
