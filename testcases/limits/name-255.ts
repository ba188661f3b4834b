import { readdir, stat, unlink, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** A name of one byte more is the store's to refuse. */
export const testCase = defineCase({
	name: "limits/name-255",
	proves: "A name of 255 bytes is created, listed and removed; one of 256 is ENAMETOOLONG.",
	decidedIn: "fs/fuse/dir.c:fuse_lookup_name (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		for (const name of ["a".repeat(255), "ü".repeat(127)]) {
			await writeFile(`${lab.mount}/${name}`, "x");
			t.same(await readdir(lab.mount), [name], `${Buffer.byteLength(name)} bytes: it is listed`);
			t.same(await readdir(lab.behind), [name], "the store has it");
			await unlink(`${lab.mount}/${name}`);
			t.same(await readdir(lab.behind), [], "and has it no more");
		}
		await t.rejects(writeFile(`${lab.mount}/${"a".repeat(256)}`, "x"), { code: "ENAMETOOLONG" }, "256 bytes");
		await t.rejects(stat(`${lab.mount}/${"a".repeat(256)}`), { code: "ENAMETOOLONG" }, "256 bytes, looked up");
	},
});
