import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { writeAt } from "../lib/positioned.ts";

/** The kernel, not the server, says where the end is. */
export const testCase = defineCase({
	name: "io/o-append",
	proves:
		"Every write through an O_APPEND descriptor goes to the end, also after a truncate and beside a write at an offset.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter; mm/filemap.c:generic_write_checks (Linux 7.3)",
	negativeControl: "truncate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using file = await open(`${lab.mount}/file`, "a+", 0o600);
		await using other = await open(`${lab.mount}/file`, "r+");
		await file.write(Buffer.from("one"));
		await writeAt(other, Buffer.from("XY"), 5);
		await file.write(Buffer.from("two"));
		await file.truncate(4);
		await file.write(Buffer.from("three"));
		await file.sync();
		t.equal(
			(await readFile(`${lab.behind}/file`)).toString("hex"),
			Buffer.from("one\0three").toString("hex"),
			"the store has them in their places",
		);
	},
});
