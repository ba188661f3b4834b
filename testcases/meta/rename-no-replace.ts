import { readdir, readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, RENAME } from "../lib/client.ts";

/** The kernel looks for itself whether the name is taken. */
export const testCase = defineCase({
	name: "meta/rename-no-replace",
	proves: "RENAME_NOREPLACE is EEXIST where the name is taken and moves the file where it is not.",
	decidedIn: "fs/fuse/dir.c:fuse_rename2 (Linux 7.3)",
	negativeControl: "rename-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/one`, "one");
		await writeFile(`${lab.mount}/two`, "two");
		await using client = Client.start();
		const [one, two, three] = ["one", "two", "three"].map((name) => `${lab.mount}/${name}`) as [string, string, string];
		await t.rejects(client.rename(one, two, RENAME.noReplace), { code: "EEXIST" }, "the name is taken");
		t.equal(await readFile(two, "utf8"), "two", "and is as it was");
		await client.rename(one, three, 0);
		t.same((await readdir(lab.behind)).sort(), ["three", "two"], "without the flag it moves");
		t.equal(await readFile(`${lab.behind}/three`, "utf8"), "one", "with its content");
	},
});
