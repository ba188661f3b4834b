import { mkdirSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** A listing of this length takes many READDIR requests, each going on where the last one ended. */
export const testCase = defineCase({
	name: "meta/readdir-5000-names",
	proves: "Listing a folder of 5,000 names gives every name once, from the server and from the listing cache.",
	decidedIn: "fs/fuse/readdir.c:fuse_readdir_uncached, fuse_readdir_cached (Linux 7.3)",
	negativeControl: "readdir-short",
	timeoutMs: 20_000,
	async check(t, lab) {
		const wanted = Array.from({ length: 5000 }, (_, index) => `name-${String(index).padStart(5, "0")}`);
		// Made behind the server: the folder was never looked up, so nothing about it is cached.
		mkdirSync(`${lab.behind}/folder`);
		for (const name of wanted) writeFileSync(`${lab.behind}/folder/${name}`, "");
		for (const source of ["server", "cache"]) {
			const found = (await readdir(`${lab.mount}/folder`)).sort();
			t.equal(found.length, wanted.length, `as many names as there are (${source})`);
			t.equal(
				wanted.filter((name, index) => found[index] !== name).length,
				0,
				`no name is missing or double (${source})`,
			);
		}
	},
});
