import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { splitMbox } from "./mail.ts";
import { readInput } from "./read.ts";
import { patchsetHash } from "./series.ts";
import { readThread } from "./thread.ts";

const never = new AbortController().signal;
const FROM = "From 0123456789abcdef Mon Sep 17 00:00:00 2001";
const diffOf = (file: string, added: string): string =>
	[`diff --git a/${file} b/${file}`, `--- a/${file}`, `+++ b/${file}`, "@@ -1 +1,2 @@", " old", `+${added}`].join("\n");

const mail = (subject: string, body: string, headers: readonly string[] = []): string =>
	[FROM, "From: Jane Doe <jane@example.org>", `Subject: ${subject}`, ...headers, "", body, "-- ", "2.39", ""].join(
		"\n",
	);

const patch = (place: string, name: string): string =>
	mail(`[PATCH v2 ${place}] fuse: ${name}`, `Why ${name}.\n---\n${diffOf("fs/fuse/dev.c", name)}`);

const readText = async (text: string, version: number | null = null) =>
	await readThread(splitMbox(Buffer.from(text)), "s.mbox", version);

const read = async (...mails: readonly string[]) => (await readText(mails.join("\n"))).patches;

const sentenceOf = async (...mails: readonly string[]): Promise<string> => {
	try {
		await read(...mails);
		return "no error";
	} catch (error) {
		return error instanceof LabError && error.code === "series-invalid" ? error.message : String(error);
	}
};

t.test("orders patches by their numbers, leaves out the cover letter and replies", async (t) => {
	const series = await read(
		patch("2/2", "two"),
		mail("Re: [PATCH v2 2/2] fuse: two", `> ${diffOf("x", "y")}\n\n${diffOf("x", "y")}`),
		mail("[PATCH v2 0/2] fuse: all", "Hello.\n\n fs/fuse/dev.c | 1 +"),
		patch("1/2", "one"),
	);
	t.strictSame(
		series.map(({ subject }) => subject),
		["fuse: one", "fuse: two"],
	);
	t.equal(series[0]?.author, "Jane Doe <jane@example.org>");
	t.match(series[0]?.diff, /^diff --git a\/fs\/fuse\/dev.c/);
	t.notMatch(series[0]?.diff, /Why one/);
});

t.test("names a part that is missing and one that is there twice", async (t) => {
	t.equal(await sentenceOf(patch("1/3", "one"), patch("2/3", "two")), "3/3 is missing from s.mbox.");
	t.equal(
		await sentenceOf(patch("1/2", "one"), patch("2/2", "two"), patch("2/2", "too")),
		'2/2 is in s.mbox twice: "fuse: two" and "fuse: too".',
	);
	t.match(await sentenceOf(patch("1/2", "one"), patch("2/3", "two")), /mixes series/);
});

t.test("says when there is no patch at all, or a numbered mail without a diff", async (t) => {
	t.match(await sentenceOf("This is no mbox."), /holds no patch/);
	t.match(await sentenceOf(""), /holds no patch/);
	t.match(await sentenceOf(mail("[PATCH 1/1] x", "words only")), /holds no diff/);
});

t.test("decodes quoted-printable, base64, RFC 2047 subjects and folded headers", async (t) => {
	const text = `Grüße.\n---\n${diffOf("fs/fuse/dev.c", "\tint é = 1; /* a=b */")}\n`;
	const quoted = [...Buffer.from(text)]
		.map((byte) =>
			byte === 61 || byte > 126 ? `=${byte.toString(16).toUpperCase().padStart(2, "0")}` : String.fromCharCode(byte),
		)
		.join("")
		.replace("int ", "int=\n ");
	const type = "Content-Type: text/plain; charset=UTF-8";
	const [one] = await read(
		mail("=?UTF-8?q?[PATCH_1/1]_fuse:_gr=C3=BC=C3=9Fe?=\n and more", quoted, [
			type,
			"Content-Transfer-Encoding: quoted-printable",
		]),
	);
	t.equal(one?.subject, "fuse: grüße and more");
	t.match(one?.diff, "+\tint é = 1; /* a=b */");
	const base64 = Buffer.from(text).toString("base64").replaceAll(/.{60}/g, "$&\n");
	const [two] = await read(
		[FROM, "From: j@example.org", "Subject: [PATCH] x", type, "Content-Transfer-Encoding: base64", "", base64].join(
			"\n",
		),
	);
	t.match(two?.diff, "+\tint é = 1; /* a=b */");
	t.equal(two?.author, "<j@example.org>");
});

t.test("restores quoted From lines and is not fooled by a sentence that starts with From", async (t) => {
	const body = `>From here on\n>>From there\nFrom now on, it works.\n---\n${diffOf("a", "b")}`;
	const mails = splitMbox(Buffer.from(mail("[PATCH] x", body) + patch("1/1", "y")));
	t.equal(mails.length, 2);
	const [one] = await read(mail("[PATCH] x", body));
	t.equal(one?.message, "From here on\n>From there\nFrom now on, it works.");
});

t.test("keeps blanks of the diff, and reads CRLF mails like LF ones", async (t) => {
	const body = `---\n${diffOf("a", "trailing \t ")}\n \n+\n--- not a header`;
	const unix = await read(mail("[PATCH] x", body));
	const dos = (await readText(mail("[PATCH] x", body).replaceAll("\n", "\r\n"))).patches;
	t.match(unix[0]?.diff, "+trailing \t \n \n+\n--- not a header");
	t.equal(dos[0]?.diff, unix[0]?.diff);
});

t.test("takes an author from the first line of the body, and a patch without a From_ line", async (t) => {
	const text = mail("[PATCH] x", `From: Other <o@example.org>\n\nText.\n---\n${diffOf("a", "b")}`);
	const [one] = await read(text.slice(text.indexOf("\n") + 1));
	t.equal(one?.author, "Other <o@example.org>");
});

const versioned = (version: number, place: string, name: string, id = ""): string =>
	mail(
		`[PATCH v${version} ${place}] fuse: ${name}`,
		`---\n${diffOf("a", name)}`,
		id === "" ? [] : [`Message-ID: <${id}>`],
	);

t.test("takes the newest version of a series, or the one asked for", async (t) => {
	const both = [
		versioned(2, "1/2", "new one"),
		versioned(2, "2/2", "new two"),
		versioned(1, "1/1", "old"),
		mail(
			"[PATCH v2 0/2] fuse: all",
			`Hello.\n\nbase-commit: ${"a".repeat(40)}\nprerequisite-patch-id: ${"b".repeat(40)}`,
		),
	].join("\n");
	const newest = await readText(both);
	t.match(newest, { version: 2, versions: [1, 2], cover: { subject: "fuse: all" } });
	t.strictSame(
		newest.patches.map(({ subject }) => subject),
		["fuse: new one", "fuse: new two"],
	);
	t.match(newest, { base: "a".repeat(40), prerequisites: ["b".repeat(40)] });
	t.match(await readText(both, 1), { version: 1, patches: [{ subject: "fuse: old" }], cover: undefined });
	await t.rejects(readText(both, 3), { message: "s.mbox holds version 1, 2 of the series; version 3 was asked for." });
	await t.rejects(readText(both.replace("2/2] fuse: new two", "3/2] fuse: x")), { message: /holds a patch 3\/2/ });
	await t.rejects(readText(`${both.replace("v2 2/2", "v1 2/2")}\n`), {
		message: "2/2 is missing from s.mbox (version 2).",
		hint: /also holds version 1/,
	});
});

t.test("drops copies of a mail, and names a second cover letter", async (t) => {
	const one = versioned(1, "1/1", "one", "1@example.org");
	t.match(await readText(`${one}\n${one}`), {
		patches: [{ subject: "fuse: one" }],
		leftOut: { copies: 1, replies: 0 },
	});
	const cover = mail("[PATCH 0/1] all", "Hello.");
	t.equal(
		await sentenceOf(cover, cover.replace("all", "more"), one),
		's.mbox holds two cover letters: "all" and "more".',
	);
});

t.test("gives a mail the digest of the file that git makes of it, and a series KCIDB's", async (t) => {
	const folder = t.testdir();
	const git = (...args: readonly string[]): string =>
		execFileSync(
			"git",
			["-c", "user.name=fuselab maintainers", "-c", "user.email=fuselab@example.org", "-C", folder, ...args],
			{
				encoding: "utf8",
				env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
			},
		);
	git("init", "-q");
	for (const word of ["one", "two\nFrom the start\n", "grün"]) {
		writeFileSync(path.join(folder, "a"), `${word}\n`);
		git("add", "a");
		git("commit", "-q", "-m", `a: ${word}`);
	}
	const mbox = git("format-patch", "--stdout", "--root", "HEAD");
	const out = path.join(folder, "out");
	mkdirSync(out);
	git("format-patch", "-q", "-o", out, "--root", "HEAD");
	const expected = execFileSync("sh", ["-c", "sha256sum *.patch | cut -c-64 | sha256sum | cut -c-64"], {
		cwd: out,
		encoding: "utf8",
	});
	t.equal(patchsetHash((await readText(mbox)).patches), expected.trim(), "from an mbox");
	t.equal(patchsetHash((await readText(mbox.replaceAll("\n", "\r\n"))).patches), expected.trim(), "with CR LF");
	const ofFolder = await readInput({ kind: "path", path: out }, never);
	t.equal(patchsetHash(ofFolder.patches), expected.trim(), "from a folder");
	t.equal(ofFolder.patches.length, readdirSync(out).length);
});

t.test("keeps a blank line at the end of the last hunk, where no signature follows", async (t) => {
	const text = "From: j@example.org\nSubject: [PATCH] x\n\n---\n--- a/a\n+++ b/a\n@@ -1,2 +1,3 @@\n+new\n old\n \n";
	t.match((await read(text))[0]?.diff, /\n old\n \n$/);
});

t.test("reads mails that were made to keep a pattern busy", async (t) => {
	const started = performance.now();
	for (const body of [`From x${" 12:34".repeat(400_000)}`, `From: ${" ".repeat(2_000_000)}`, "\n".repeat(50_000)])
		t.match(await sentenceOf(mail("[PATCH] x", `${body}\n--- a/x\n${body}\nend`)), /changes nothing/);
	t.ok(performance.now() - started < 60_000, `${performance.now() - started} ms`);
});
