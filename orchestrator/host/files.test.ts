import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import { writeAtomically } from "./files.ts";

t.test("one process may write a file several times at once", async (t) => {
	const folder = t.testdir({});
	const file = path.join(folder, "file");
	const contents = Array.from({ length: 20 }, (_, index) => `${index}\n`.repeat(1000));
	await Promise.all(contents.map(async (content) => await writeAtomically(file, content)));
	t.ok(contents.includes(await readFile(file, "utf8")), "it is one of them, whole");
	t.same(await readdir(folder), ["file"], "and nothing else is left");
});
