import t from "tap";
import { claimsIn } from "./claims.ts";
import { describeSeries, trailersOf } from "./describe.ts";
import { splitMbox } from "./mail.ts";
import { readThread } from "./thread.ts";

const short = (text: string) =>
	claimsIn(text).map(({ workload, variant, value, unit, about, statedPercent, computedPercent }) =>
		[workload, variant, `${about ? "~" : ""}${value} ${unit}`, statedPercent, computedPercent].join("; "),
	);

t.test("reads the figures of a table, percentages beside them", async (t) => {
	t.strictSame(
		short(`Throughput with fio:

| workload | baseline MiB/s | pinned payload MiB/s | stated | zero-copy MiB/s | stated |
|---|---|---|---|---|---|
| direct random reads | ~2150 | ~2400 | around 10 % | ~2900 | around 35 % |
| buffered sequential reads | 2,500 | 2670 (6%) | | 2750 | 10 % / 10.0 % |
| writes | no clear improvement | | | | |
`),
		[
			"direct random read; baseline; ~2150 MiB/s; ; ",
			"direct random read; pinned payload; ~2400 MiB/s; 10; 11.6",
			"direct random read; zero-copy; ~2900 MiB/s; 35; 34.9",
			"buffered sequential read; baseline; 2500 MiB/s; ; ",
			"buffered sequential read; pinned payload; 2670 MiB/s; 6; 6.8",
			"buffered sequential read; zero-copy; 2750 MiB/s; 10; 10",
		],
	);
});

t.test("reads the figures of sentences and lists", async (t) => {
	t.strictSame(
		short(`Results on NVMe:

direct randreads:
  - baseline: ~2150 MiB/s
  - pinned headers + payload: ~2400 MiB/s (around 10% improvement)
  - zero-copy: ~2900 MiB/s (~35%)

Buffered sequential reads: baseline ~1.5 GiB/s, zero-copy about 1.8 GiB/s (20 %)
`),
		[
			"direct random read; baseline; ~2150 MiB/s; ; ",
			"direct random read; pinned headers + payload; ~2400 MiB/s; 10; 11.6",
			"direct random read; zero-copy; ~2900 MiB/s; 35; 34.9",
			"buffered sequential read; baseline; ~1.5 GiB/s; ; ",
			"buffered sequential read; zero-copy; ~1.8 GiB/s; 20; 20",
		],
	);
});

t.test("finds no figures where none are claimed", async (t) => {
	for (const text of [
		"",
		"This reads 4096 bytes at 10 MiB/s.",
		"| a | b |\n|---|---|\n| direct reads | 7 |",
		"direct reads got faster by 10 %",
	])
		t.strictSame(claimsIn(text), [], text);
});

t.test("takes trailers from the last paragraph alone", async (t) => {
	t.strictSame(
		trailersOf('Why: because.\n\nFixes: 0123456789ab ("x")\nSigned-off-by: A <a@example.org>\n[A: reworded]'),
		[
			{ key: "Fixes", value: '0123456789ab ("x")' },
			{ key: "Signed-off-by", value: "A <a@example.org>" },
		],
	);
	t.strictSame(trailersOf("Signed-off-by: A\n\nNote: this is text."), []);
	t.strictSame(trailersOf(""), []);
});

t.test("tells of a series: parts, diffstat, base, digests", async (t) => {
	const diff = (file: string): string => `--- a/${file}\n+++ b/${file}\n@@ -1,2 +1,3 @@\n one\n-two\n+2\n+3\n`;
	const mail = (place: string, body: string): string =>
		`From 0 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: [PATCH ${place}] fuse: x\n\n${body}\n`;
	const text = [
		mail("0/2", `Hello.\n\ndirect random reads: baseline 10 MiB/s, after 20 MiB/s\n\nbase-commit: ${"a".repeat(40)}\n`),
		mail("1/2", `Why.\n\nSigned-off-by: A <a@example.org>\n---\n${diff("fs/b.c")}${diff("fs/a.c")}`),
		mail("2/2", `Why.\n---\n${diff("fs/a.c")}`),
	].join("");
	const told = describeSeries(await readThread(splitMbox(Buffer.from(text)), "x.mbox"));
	t.match(told, {
		origin: "x.mbox",
		base: "a".repeat(40),
		cover: { author: "A <a@example.org>" },
		patches: [
			{ number: 1, trailers: [{ key: "Signed-off-by" }], files: [{ file: "fs/b.c", insertions: 2, deletions: 1 }, {}] },
			{ number: 2, trailers: [], files: [{ file: "fs/a.c" }] },
		],
		claims: [{ value: 10 }, { value: 20, computedPercent: 100 }],
	});
	t.strictSame(told.diffstat, [
		{ file: "fs/a.c", insertions: 4, deletions: 2 },
		{ file: "fs/b.c", insertions: 2, deletions: 1 },
	]);
	t.match(told.patchsetHash, /^[0-9a-f]{64}$/);
});
