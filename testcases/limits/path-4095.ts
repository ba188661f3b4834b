import { mkdir, readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** The path is cut into names long before the server is asked. */
export const testCase = defineCase({
	name: "limits/path-4095",
	proves: "A path of 4095 bytes opens; one of 4096 is ENAMETOOLONG.",
	decidedIn: "fs/fuse/dir.c:fuse_lookup; fs/namei.c:getname_flags (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const folder = `${lab.mount}/d`;
		await mkdir(folder);
		await writeFile(`${lab.behind}/d/f`, "found");
		const pathOf = (bytes: number): string => {
			const rest = bytes - folder.length - 2;
			return `${folder}${"/.".repeat(Math.floor(rest / 2))}${rest % 2 === 1 ? "/" : ""}/f`;
		};
		t.equal(pathOf(4095).length, 4095);
		t.equal(await readFile(pathOf(4095), "utf8"), "found", "4095 bytes");
		await t.rejects(readFile(pathOf(4096)), { code: "ENAMETOOLONG" }, "4096 bytes");
	},
});
