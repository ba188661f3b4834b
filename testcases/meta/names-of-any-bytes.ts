import { readdir, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";

/** A name is bytes, without NUL and slash. */
export const testCase = defineCase({
	name: "meta/names-of-any-bytes",
	proves: "Names with blanks, line ends, and bytes that are no UTF-8 are created and listed as they are.",
	decidedIn: "fs/fuse/dir.c:fuse_create_open; fs/fuse/readdir.c:fuse_emit (Linux 7.3)",
	negativeControl: "readdir-short",
	timeoutMs: 10_000,
	async check(t, lab) {
		const names = [" ", "a b", "new\nline", "-7", "*", "\u00e4\u{1f427}7"].map((name) => Buffer.from(name));
		names.push(Buffer.from([0xff, 0xfe, 0x80]), Buffer.from([1, 2, 0x7f]));
		for (const name of names) await writeFile(Buffer.concat([Buffer.from(`${lab.mount}/`), name]), name);
		const listed = async (folder: string): Promise<readonly string[]> =>
			(await readdir(folder, { encoding: "buffer" })).map((name) => name.toString("hex")).sort();
		const wanted = names.map((name) => name.toString("hex")).sort();
		t.same(await listed(lab.behind), wanted, "the store has them");
		await dropCaches();
		t.same(await listed(lab.mount), wanted, "the mount lists them");
	},
});
