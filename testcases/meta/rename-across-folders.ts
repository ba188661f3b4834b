import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** Both folders' cached listings and both dentries have to follow. */
export const testCase = defineCase({
	name: "meta/rename-across-folders",
	proves: "Renaming a file and a folder into another folder moves them with their content.",
	decidedIn: "fs/fuse/dir.c:fuse_rename_common (Linux 7.3)",
	negativeControl: "rename-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		for (const folder of ["from", "from/inner", "to"]) await mkdir(`${lab.mount}/${folder}`);
		await writeFile(`${lab.mount}/from/file`, "a file");
		await writeFile(`${lab.mount}/from/inner/leaf`, "a leaf");
		await rename(`${lab.mount}/from/file`, `${lab.mount}/to/file`);
		await rename(`${lab.mount}/from/inner`, `${lab.mount}/to/inner`);
		for (const root of [lab.mount, lab.behind]) {
			const where = root === lab.mount ? "mount" : "store";
			t.same(await readdir(`${root}/from`), [], `the old folder is empty in the ${where}`);
			t.same((await readdir(`${root}/to`)).sort(), ["file", "inner"], `the new folder has both in the ${where}`);
			const texts = await Promise.all(
				["file", "inner/leaf"].map((name) => readFile(`${root}/to/${name}`, "utf8").catch(String)),
			);
			t.same(texts, ["a file", "a leaf"], `both kept their content in the ${where}`);
		}
	},
});
