/** Whole logs: which trouble is in them, and by which functions it is known. `tests/corpus/kernel-log` says so itself. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { folders } from "../host/folders.ts";
import { findTrouble } from "./trouble.ts";

const corpus = path.join(folders.clone(), "tests/corpus/kernel-log");
const files = readdirSync(corpus).filter((name) => name.endsWith(".log"));

for (const file of files)
	t.test(file, async (t) => {
		const lines = readFileSync(path.join(corpus, file), "utf8").split("\n");
		const expected = lines.filter((line) => line.startsWith("# ")).map((line) => line.slice(2).trim());
		const found = findTrouble(lines.filter((line) => !line.startsWith("# ")).join("\n"));
		// As many functions as the file names, and at least the innermost.
		const told = found.map(({ kind, functions }, index) => {
			const count = Math.max(1, (expected[index]?.split(" < ") ?? []).length);
			return `${kind}: ${functions.slice(0, count).join(" < ")}`.trim();
		});
		t.strictSame(told, expected);
		if (file.startsWith("quiet")) t.same(expected, [], "nothing is expected of a quiet log");
		else t.not(expected.length, 0, "the file says what is in it");
	});

t.ok(files.length >= 8, `${files.length} logs`);
