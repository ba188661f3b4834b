import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { diagnose, type ReadBlob } from "./diagnose.ts";
import { parseDiff } from "./diff.ts";
import { firstMisfit } from "./misfit.ts";

const signal = new AbortController().signal;
const OLD = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
const textOf = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

/** Adds a line after line 5 and after line 20. */
const DIFF = `diff --git a/fs/x.c b/fs/x.c
index 1234567..89abcde 100644
--- a/fs/x.c
+++ b/fs/x.c
@@ -3,6 +3,7 @@
 line 3
 line 4
 line 5
+more
 line 6
 line 7
 line 8
@@ -18,6 +19,7 @@
 line 18
 line 19
 line 20
+yet more
 line 21
 line 22
 line 23
`;

const changed = (at: number, text: string): readonly string[] => OLD.with(at - 1, text);

t.test("finds the first hunk without a place, at any offset but without fuzz", async (t) => {
	const [diff] = parseDiff(DIFF);
	if (diff === undefined) throw new Error("no diff");
	t.equal(firstMisfit(OLD, diff), undefined);
	t.equal(firstMisfit(["new", "new", ...OLD], diff), undefined, "moved down");
	t.equal(firstMisfit(OLD.slice(2), diff), undefined, "moved up");
	t.match(firstMisfit(["new", ...changed(21, "other")], diff), { hunk: { number: 2 }, at: 18, matching: 5 });
	t.match(firstMisfit(["a", "b"], diff), { hunk: { number: 1 }, matching: 0 });
	t.match(firstMisfit([], diff), { hunk: { number: 1 } });
});

const DIAGNOSES: readonly {
	readonly name: string;
	readonly tree: readonly string[] | undefined;
	readonly place: string;
	readonly lines: readonly RegExp[];
	readonly hint: RegExp;
	readonly blob?: readonly string[];
	readonly diff?: string;
}[] = [
	{
		name: "a context line that has changed: fuzz helps, and shows where",
		tree: changed(18, "other"),
		place: "fs/x.c:18 (hunk 2 of 2)",
		lines: [
			/^fs\/x\.c, hunk 2 of 2, for line 18: line 18 of the tree comes nearest, with 5 of 6 lines/,
			/^ {2}-line 18$/,
			/^ {2}\+other$/,
			/^ {3}line 19$/,
			/^with fuzz 1 \(`patch --fuzz=1`\) it applies$/,
			/^three-way: cannot be tried, as only a git source/,
		],
		hint: /Rebase the series onto this source and look/,
	},
	{
		name: "a line that the patch wants next to its own has changed: three-way finds out",
		tree: [...changed(2, "other"), "tail"].filter(
			(line) => !["line 18", "line 19", "line 20", "line 21"].includes(line),
		),
		blob: OLD,
		place: "fs/x.c:18 (hunk 2 of 2)",
		lines: [/^not even with fuzz 2: 1 hunk finds no place$/, /^three-way: conflicts in fs\/x\.c$/],
		hint: /^Rebase the series onto this source, or name/,
	},
	{
		name: "lines near by have changed, which a merge can tell apart",
		tree: changed(3, "other"),
		blob: OLD,
		place: "fs/x.c:3 (hunk 1 of 2)",
		lines: [/^with fuzz 1/, /^three-way \(`git am -3`\) it merges without a conflict$/],
		hint: /look at what comes out/,
	},
	{
		name: "a repository without the blob",
		tree: changed(3, "other"),
		blob: [],
		place: "fs/x.c:3 (hunk 1 of 2)",
		lines: [/does not have fs\/x\.c as the patch was made for it$/],
		hint: /./,
	},
	{
		name: "a patch that is in the source already",
		tree: ["line 1", "line 2", "line 3", "line 4", "line 5", "more", ...OLD.slice(5, 20), "yet more", ...OLD.slice(20)],
		place: "fs/x.c:3 (hunk 1 of 2)",
		lines: [],
		hint: /The source holds this patch already/,
	},
	{
		name: "a file that is not there",
		tree: undefined,
		place: "fs/x.c is not in the tree",
		lines: [/^not even with fuzz/],
		hint: /./,
	},
	{
		name: "a file that is there already",
		tree: OLD,
		diff: "--- /dev/null\n+++ b/fs/x.c\n@@ -0,0 +1 @@\n+new\n",
		place: "fs/x.c is there already",
		lines: [],
		hint: /./,
	},
];

for (const { name, tree: lines, place, lines: shown, hint, blob, diff = DIFF } of DIAGNOSES)
	t.test(`tells of ${name}`, async (t) => {
		const tree = path.join(t.testdir(), "tree");
		mkdirSync(path.join(tree, "fs"), { recursive: true });
		const file = path.join(tree, "fs/x.c");
		if (lines !== undefined) writeFileSync(file, textOf(lines));
		const readBlob: ReadBlob = async (id) => (id === "1234567" && blob && blob.length > 0 ? textOf(blob) : undefined);
		const found = await diagnose({ tree, diff, strip: 1, signal }, blob && readBlob, []);
		t.equal(found.place, place);
		for (const line of shown)
			t.ok(
				found.lines.some((each) => line.test(each)),
				String(line),
				{ found: found.lines },
			);
		t.match(found.hint, hint);
		if (lines !== undefined) t.equal(readFileSync(file, "utf8"), textOf(lines), "the tree is as it was");
	});
