import t from "tap";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { parseMbox, splitMbox } from "./mbox.ts";

const FROM = "From 0123456789abcdef Mon Sep 17 00:00:00 2001";
const diffOf = (file: string, added: string): string =>
	[`diff --git a/${file} b/${file}`, `--- a/${file}`, `+++ b/${file}`, "@@ -1 +1,2 @@", " old", `+${added}`].join("\n");

const mail = (subject: string, body: string, headers: readonly string[] = []): string =>
	[FROM, "From: Jane Doe <jane@example.org>", `Subject: ${subject}`, ...headers, "", body, "-- ", "2.39", ""].join(
		"\n",
	);

const patch = (place: string, name: string): string =>
	mail(`[PATCH v2 ${place}] fuse: ${name}`, `Why ${name}.\n---\n${diffOf("fs/fuse/dev.c", name)}`);

const read = async (...mails: readonly string[]) => await parseMbox(Buffer.from(mails.join("\n")), "s.mbox");

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
		series.map(({ number, subject }) => [number, subject]),
		[
			[1, "fuse: one"],
			[2, "fuse: two"],
		],
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
	const text = Buffer.from(mails[0] ?? []).toString();
	t.match(text, "\nFrom here on\n>From there\nFrom now on, it works.\n");
});

t.test("keeps blanks of the diff, and reads CRLF mails like LF ones", async (t) => {
	const body = `---\n${diffOf("a", "trailing \t ")}\n \n+\n--- not a header`;
	const unix = await read(mail("[PATCH] x", body));
	const dos = await parseMbox(Buffer.from(mail("[PATCH] x", body).replaceAll("\n", "\r\n")), "s.mbox");
	t.match(unix[0]?.diff, "+trailing \t \n \n+\n--- not a header");
	t.equal(dos[0]?.diff, unix[0]?.diff);
});

t.test("takes an author from the first line of the body, and a patch without a From_ line", async (t) => {
	const text = mail("[PATCH] x", `From: Other <o@example.org>\n\nText.\n---\n${diffOf("a", "b")}`);
	const [one] = await read(text.slice(text.indexOf("\n") + 1));
	t.equal(one?.author, "Other <o@example.org>");
});
