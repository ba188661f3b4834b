import { opendirSync, unlinkSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** The place in the folder outlives its entry. */
export const testCase = defineCase({
	name: "meta/remove-while-listing",
	proves: "Removing every name while a listing goes on removes all of 200, and the listing ends.",
	decidedIn: "fs/fuse/readdir.c:fuse_readdir_uncached (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		for (let file = 0; file < 200; file += 1) writeFileSync(`${lab.mount}/${file}`, "");
		const folder = opendirSync(lab.mount, { bufferSize: 8 });
		let seen = 0;
		for (let entry = folder.readSync(); entry !== null; entry = folder.readSync(), seen += 1)
			unlinkSync(`${lab.mount}/${entry.name}`);
		folder.closeSync();
		t.ok(seen <= 200, "no name came twice");
		for (const name of await readdir(lab.mount)) unlinkSync(`${lab.mount}/${name}`);
		t.same(await readdir(lab.behind), [], "the folder is empty");
	},
});
