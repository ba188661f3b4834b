import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import type { SeriesInput } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { parseDiff } from "./diff.ts";
import { applySeries, type Patch, patchesOf, readStack } from "./series.ts";

const never = new AbortController().signal;
const quiet = { signal: never, onStage: (): void => undefined };

const patchOf = (number: number, subject: string, diff: string): Patch => ({
	number,
	total: 2,
	subject,
	author: "j",
	digest: "",
	strip: 1,
	origin: "s.mbox",
	diff,
});

const FIRST = "--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,2 +1,3 @@\n one\n+more\n two\n";
const SECOND = "--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,2 +1,3 @@\n one\n+yet\n more\n@@ -9,2 +10,3 @@\n nine\n+x\n ten\n";

t.test("applies patches in order, and names patch, file, line and hunk of one that does not fit", async (t) => {
	const tree = path.join(t.testdir(), "tree");
	await mkdir(path.join(tree, "fs"), { recursive: true });
	await writeFile(path.join(tree, "fs/x.c"), "one\ntwo\n");
	await applySeries(tree, [patchOf(1, "add more", FIRST)], quiet);
	t.equal(await readFile(path.join(tree, "fs/x.c"), "utf8"), "one\nmore\ntwo\n");
	try {
		await applySeries(tree, [patchOf(2, "does not fit", SECOND)], quiet);
		t.fail("applied");
	} catch (error) {
		if (!(error instanceof LabError)) throw error;
		t.equal(error.code, "patch-failed");
		t.equal(error.message, 'Patch 2/2 "does not fit" does not apply: fs/x.c:9 (hunk 2 of 2).');
	}
});

t.test("numbers the patches of several files throughout, and says which file is not there", async (t) => {
	const mail = (subject: string): string => `From: j@example.org\nSubject: ${subject}\n\n---\n${FIRST}`;
	const folder = t.testdir({ a: mail("[PATCH] one"), b: mail("[PATCH 1/1] two") });
	const at = (name: string): SeriesInput => ({ kind: "path", path: path.join(folder, name) });
	const series = patchesOf(await readStack([at("a"), at("b")], never));
	t.strictSame(
		series.map(({ number, total, subject }) => [number, total, subject]),
		[
			[1, 2, "one"],
			[2, 2, "two"],
		],
	);
	await t.rejects(readStack([at("c")], never), { code: "series-invalid", message: /c does not exist/ });
});

t.test("reads files, hunks and added lines of a diff", async (t) => {
	const tricky =
		"--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n one\n--- gone\n+++ new\n-two\n--- a/y\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n";
	t.match(parseDiff(tricky), [
		{ file: "x", hunks: [{ number: 1, oldLine: 1, added: ["++ new"], missing: 0 }] },
		{ file: "y", newFile: undefined, hunks: [{ number: 1, oldLine: 1, added: [], missing: 0 }] },
	]);
});
