import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import t from "tap";
import { b4Arguments, messageIdOf } from "./message.ts";
import { parseQuiltSeries } from "./quilt.ts";
import { readInput } from "./read.ts";

const never = new AbortController().signal;
const DIFF = "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n old\n+new\n";
const mail = (subject: string): string =>
	`From: fuselab <fuselab@example.org>\nSubject: ${subject}\n\nWhy.\n---\n${DIFF}`;

const read = async (place: string) => await readInput({ kind: "path", path: place }, never);

const subjectsOf = async (place: string): Promise<readonly string[]> =>
	(await read(place)).patches.map(({ subject }) => subject);

t.test("tells an mbox, a maildir, a folder of patches and a quilt folder by what is there", async (t) => {
	const folder = t.testdir({
		"a.mbox": mail("[PATCH] one"),
		maildir: { cur: { "2:2,S": mail("[PATCH 2/2] two") }, new: { 1: mail("[PATCH 1/2] one") }, tmp: { x: "half" } },
		patches: {
			"0001-one.patch": mail("[PATCH 1/2] one"),
			"0002-two.patch": mail("[PATCH 2/2] two"),
			README: "no mail",
		},
		quilt: {
			series: "# first\nsub/one.patch -p1 # why\n\ntwo.diff -p0\n",
			"two.diff": DIFF.replaceAll(/[ab]\/x/g, "x"),
		},
	});
	mkdirSync(path.join(folder, "quilt/sub"));
	writeFileSync(
		path.join(folder, "quilt/sub/one.patch"),
		`From: A <a@example.org>\nSubject: [PATCH] fuse:\n one\n\nWhy.\n---\n x | 1 +\n\n${DIFF}`,
	);
	writeFileSync(path.join(folder, "a.mbox.gz"), gzipSync(mail("[PATCH] packed")));
	t.strictSame(await subjectsOf(path.join(folder, "a.mbox")), ["one"]);
	t.strictSame(await subjectsOf(path.join(folder, "a.mbox.gz")), ["packed"]);
	t.strictSame(await subjectsOf(path.join(folder, "maildir")), ["one", "two"]);
	t.strictSame(await subjectsOf(path.join(folder, "patches")), ["one", "two"]);
	const quilt = await read(path.join(folder, "quilt"));
	t.match(quilt.patches, [
		{ subject: "fuse: one", author: "A <a@example.org>", strip: 1, message: /Why\.$/, diff: DIFF },
		{ subject: "two.diff", author: "", strip: 0 },
	]);
});

t.test("refuses quilt lines that lead out of the folder, come twice or mean something else", async (t) => {
	for (const [text, sentence] of [
		["../x.patch", /"\.\.\/x\.patch" in line 1 of q\/series is outside/],
		["a\n/etc/passwd", /line 2 of q\/series is outside/],
		["a -R", /The option "-R" in line 1/],
		["a\nb\na", /lists a twice/],
		["# nothing\n", /lists no patch/],
	] as const)
		t.throws(() => parseQuiltSeries(text, "q"), { code: "series-invalid", message: sentence });
});

t.test("takes a range of commits, oldest first, with the commit they stand on", async (t) => {
	const folder = t.testdir();
	const git = (...args: readonly string[]): string =>
		execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", "-C", folder, ...args], {
			encoding: "utf8",
		}).trim();
	git("init", "-q", "-b", "main");
	// A repository may choose how its patches look; the series does not depend on it.
	for (const [key, value] of [
		["format.attach", "boundary"],
		["format.subjectPrefix", "X 9/9"],
		["diff.noprefix", "true"],
		["diff.external", "false"],
	] as const)
		git("config", key, value);
	for (const word of ["base", "one", "two"]) {
		writeFileSync(path.join(folder, "a"), Buffer.from(`${word}\xe9\n`, word === "two" ? "utf8" : "utf8"));
		git("add", "a");
		git("commit", "-q", "-m", `a: ${word}`);
	}
	const base = git("rev-parse", "HEAD~2");
	const series = await readInput({ kind: "git", repository: folder, range: "HEAD~2..HEAD" }, never);
	t.match(series, { base, patches: [{ subject: "a: one", author: "A <a@example.org>" }, { subject: "a: two" }] });
	t.match(series.patches[0]?.diff, /^--- a\/a\n\+\+\+ b\/a$/m);
	for (const [range, sentence] of [
		["HEAD..HEAD", /names no commits/],
		["nowhere..HEAD", /has no commits nowhere\.\.HEAD/],
	] as const)
		await t.rejects(readInput({ kind: "git", repository: folder, range }, never), {
			code: "series-invalid",
			message: sentence,
		});
	await t.rejects(readInput({ kind: "git", repository: path.join(folder, "no"), range: "a..b" }, never), {
		code: "series-invalid",
	});
	git("checkout", "-q", "-b", "side", "HEAD~1");
	git("merge", "-q", "--no-ff", "-s", "ours", "-m", "merge", "main");
	await t.rejects(readInput({ kind: "git", repository: folder, range: "main~2..side" }, never), {
		message: /holds a merge/,
	});
});

t.test("reads a message-id in every form that people paste", async (t) => {
	const ID = "20260402.1-joe@example.org";
	for (const given of [
		ID,
		`<${ID}>`,
		` <${ID}> `,
		`https://lore.kernel.org/r/${ID}`,
		`https://lore.kernel.org/r/${ID}/`,
		`https://lore.kernel.org/all/${ID.replace("@", "%40")}/`,
		`https://lore.kernel.org/linux-fsdevel/${ID}/T/#u`,
		`https://lore.kernel.org/all/${ID}/t.mbox.gz`,
		`https://patch.msgid.link/${ID}?x=1`,
	])
		t.equal(messageIdOf(given), ID, given);
	for (const given of [
		"",
		"x",
		"--help@x",
		"-o@x",
		"a b@c",
		"https://lore.kernel.org/all/",
		"a@b;rm",
		"a@b\n-x",
		"<a@b",
	])
		t.throws(
			() => messageIdOf(given),
			{ code: "series-invalid", message: /holds no message-id/ },
			JSON.stringify(given),
		);
	t.strictSame(b4Arguments(ID, "/f"), [
		"mbox",
		"--outdir",
		"/f",
		"--mbox-name",
		"thread.mbx",
		"--check-newer-revisions",
		ID,
	]);
});

t.test("fetches a thread by b4, and says what is wrong when it cannot", async (t) => {
	const folder = t.testdir({ "thread.mbox": mail("[PATCH v2] fuse: fetched") });
	const before = process.env.PATH ?? "";
	t.teardown(() => {
		process.env.PATH = before;
	});
	const b4 = (script: string): void => {
		writeFileSync(path.join(folder, "b4"), `#!/bin/sh\n${script}\n`);
		chmodSync(path.join(folder, "b4"), 0o755);
		process.env.PATH = `${folder}:${before}`;
	};
	const input = { kind: "message", id: "<1@example.org>", version: null } as const;
	b4(
		`for last; do :; done\n[ "$1" = mbox ] && [ "$last" = 1@example.org ] && cp ${folder}/thread.mbox "$3/thread.mbx"`,
	);
	t.match(await readInput(input, never), {
		origin: "<1@example.org>",
		version: 2,
		patches: [{ subject: "fuse: fetched" }],
	});
	b4("echo 'Looking up https://lore.kernel.org/...' >&2\necho 'Unable to reach it' >&2\nexit 1");
	await t.rejects(readInput(input, never), {
		code: "fetch-failed",
		message: "b4 could not fetch the thread of <1@example.org>.",
		evidence: [/Looking up/, /Unable to reach/],
	});
	b4("exit 0");
	await t.rejects(readInput(input, never), { code: "fetch-failed", message: /left no thread/ });
	process.env.PATH = t.testdir();
	await t.rejects(readInput(input, never), { code: "tool-missing", message: /b4, which fetches .* is not installed/ });
});
