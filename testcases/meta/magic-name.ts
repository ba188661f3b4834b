import { readdir, unlink, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** The name at which a kernel with tests/series/panic-on-name.mbox panics; every other kernel takes it like any name. */
export const testCase = defineCase({
	name: "meta/magic-name",
	proves: "A name that means something to nobody but the lab is created, listed and removed like any other.",
	decidedIn: "fs/fuse/dir.c:fuse_lookup_name, fs/fuse/dir.c:fuse_create_open (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		const name = "fuselab-panic-now";
		await writeFile(`${lab.mount}/${name}`, "calm");
		t.same(await readdir(lab.behind), [name], "the store has the name");
		await unlink(`${lab.mount}/${name}`);
		t.same(await readdir(lab.behind), [], "and has it no more");
	},
});
