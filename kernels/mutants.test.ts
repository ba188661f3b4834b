import { readFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import { MODES } from "../orchestrator/domain/cell.ts";
import { catalogueFolder, functionsOf, mutantOf, readMutants, trailersOf } from "./mutants.ts";

const AREAS = [
	"registration",
	"copying",
	"pools",
	"zero-copy",
	"commit",
	"background",
	"interrupts",
	"teardown",
	"timeouts",
	"memlock",
];

const MAIL = `From 0123 Mon Sep 17 00:00:00 2001
From: j <j@example.org>
Subject: [PATCH] mutant: x

Breaks: Something long
 that goes on.
Visible-on: uml, qemu
Modes: bufpool, pinned
Signed-off-by: j <j@example.org>
---
 fs/fuse/dev.c | 1 +

diff --git a/fs/fuse/dev.c b/fs/fuse/dev.c
--- a/fs/fuse/dev.c
+++ b/fs/fuse/dev.c
@@ -1 +1,2 @@
 x
+Breaks: not a trailer
`;

t.test("reads what a patch says about itself, from its message alone", async (t) => {
	t.match(mutantOf("/f/pool-x.patch", MAIL), {
		name: "pool-x",
		file: "/f/pool-x.patch",
		breaks: "Something long that goes on.",
		about: "Something long that goes on.  ",
		machines: ["uml", "qemu"],
		modes: ["bufpool", "pinned"],
		equivalent: null,
	});
	t.equal(mutantOf("a.patch", MAIL.replaceAll("\n", "\r\n")).breaks, "Something long that goes on.");
	t.equal(mutantOf("a.patch", MAIL.replace("Modes:", "Equivalent: No caller.\nModes:")).equivalent, "No caller.");
});

t.test("finds the functions that a patch changes and that its lines call, not those that stand around", async (t) => {
	const diff = [
		"diff --git a/fs/fuse/dev.c b/fs/fuse/dev.c",
		"--- a/fs/fuse/dev.c",
		"+++ b/fs/fuse/dev.c",
		"@@ -1,3 +1,3 @@ static void request_wait_answer(struct fuse_req *req)",
		" \tstands_around(req);",
		"-\tif (was_called(req)) return;",
		"+\tis_called(req);",
		"@@ -9 +9 @@",
	].join("\n");
	t.same(functionsOf(diff), ["request_wait_answer", "was_called", "is_called"]);
	t.same(functionsOf(MAIL), []);
});

t.test("a patch that says nothing may show anywhere", async (t) => {
	const diff = MAIL.slice(MAIL.indexOf("diff --git"));
	t.match(mutantOf("/f/x.diff", diff), { name: "x", breaks: null, machines: null, modes: null, equivalent: null });
});

t.test("takes the patches of a folder and nothing else, and says when there are none", async (t) => {
	const folder = t.testdir({ "b.patch": MAIL, "a.mbox": MAIL, README: "no", ".c.patch": MAIL, empty: {}, twins: {} });
	t.same(
		(await readMutants(folder)).map(({ name }) => name),
		["a", "b"],
	);
	await t.rejects(readMutants(path.join(folder, "empty")), { code: "series-invalid", message: /holds no patch/ });
	await t.rejects(readMutants(path.join(folder, "none")), { code: "series-invalid", message: /does not exist/ });
	await t.rejects(readMutants(path.join(folder, "README")), { code: "series-invalid" });
	const twins = t.testdir({ "a.diff": MAIL, "a.patch": MAIL });
	await t.rejects(readMutants(twins), { code: "series-invalid", message: /Two files .* named a,/ });
});

t.test("the catalogue: small, each says what it breaks and how it would be seen", async (t) => {
	const mutants = await readMutants(catalogueFolder());
	t.ok(mutants.length >= 48);
	const areas = new Set<string>();
	const breaks = new Set<string>();
	for (const { name, file, machines, modes, equivalent, ...mutant } of mutants) {
		const text = await readFile(file, "utf8");
		const trailers = trailersOf(text);
		areas.add(trailers.get("Area") ?? "");
		breaks.add(mutant.breaks ?? "");
		t.equal(/^Subject: \[PATCH\] mutant: (.*)$/m.exec(text)?.[1], name, `${name}: subject`);
		t.match(mutant.breaks, /^\w.+\.$/, `${name}: breaks`);
		t.match(trailers.get("Seen-by"), /^\w.+\.$/, `${name}: seen by`);
		t.match(trailers.get("Edge"), /^[A-Z]\d\d(, [A-Z]\d\d)*$/, `${name}: edge`);
		t.match(trailers.get("Signed-off-by"), /^fuselab maintainers </, `${name}: signed off`);
		t.ok(machines !== null && machines.length > 0, `${name}: machines`);
		t.same(
			modes?.filter((mode) => !MODES.some((known) => known === mode)),
			[],
			`${name}: modes`,
		);
		t.equal(equivalent, null, `${name}: equivalents are not wanted here`);
		const diff = text.slice(text.indexOf("\ndiff --git"));
		t.match(diff, /^\+\+\+ b\/(?:fs\/fuse|io_uring)\/\w+\.c$/m, `${name}: file`);
		for (const sign of ["+", "-"])
			t.ok(
				diff.split("\n").filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length <= 5,
				`${name}: at most five lines ${sign}`,
			);
	}
	t.same([...areas].sort(), [...AREAS].sort());
	t.equal(breaks.size, mutants.length, "no two say the same");
});
