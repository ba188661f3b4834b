/** A series of six patches of which the second does not build and the fifth corrupts data: the ladder shows both. */
import { execa } from "execa";
import t from "tap";
import { z } from "zod";
import { fuselab, guestsRunning, readReport } from "./lib/cli.ts";

const CONFIG = "tests/configs/ladder.yaml";

const kernelsSchema = z.looseObject({
	run: z.looseObject({
		id: z.string(),
		kernels: z.array(
			z.looseObject({
				name: z.string(),
				imageSha256: z.string(),
				compiledFiles: z.number(),
				warnings: z.array(z.looseObject({ file: z.string(), text: z.string() })),
			}),
		),
		unbuilt: z.array(z.looseObject({ name: z.string(), stage: z.string(), detail: z.string() })),
	}),
});

t.test("every rung is built and run; what does not build and what corrupts data are told", async (t) => {
	const { status, stdout, stderr } = await fuselab("ladder", CONFIG, "--json");
	t.equal(status, 1, "exit status", { stderr: stderr.split("\n").slice(-40) });
	const { run } = kernelsSchema.parse(JSON.parse(stdout));
	t.match(run.unbuilt, [{ name: "steps@2", stage: "build", detail: /Patch 2\/6 .*fs\/fuse\/dev\.c:\d+.*odd_copies/ }]);
	t.strictSame(
		run.kernels.map(({ name }) => name),
		["steps@0", "steps@1", "steps@3", "steps@4", "steps@5", "steps@6"],
	);
	const at = (name: string) => run.kernels.find((kernel) => kernel.name === name);
	t.match(at("steps@1")?.warnings, [{ file: "fs/fuse/dev.c", text: /fuse_copy_ends_odd.*not used/ }]);
	t.strictSame(at("steps@3")?.warnings, at("steps@0")?.warnings, "the warning is gone with the patch that uses it");
	t.equal(at("steps@4")?.imageSha256, at("steps@3")?.imageSha256, "documentation leaves the image alone");
	t.equal(new Set(run.kernels.map(({ imageSha256 }) => imageSha256)).size >= 4, true, "the others differ");
	const { cells } = readReport(stdout);
	const outcomes = cells.map(({ cell, verdict }) => `${cell.id.replace(/\/.*\//, " ")} ${verdict.outcome}`);
	for (const prefix of [0, 1, 3, 4]) t.ok(outcomes.includes(`steps@${prefix} end-of-file#1 pass`), `@${prefix}`);
	for (const prefix of [2, 5, 6]) t.ok(outcomes.includes(`steps@${prefix} end-of-file#1 fail`), `@${prefix}`);
	for (const prefix of [0, 1, 3, 4, 5, 6]) t.ok(outcomes.includes(`steps@${prefix} fsync#1 pass`), `@${prefix}`);
	t.match(
		cells.filter(({ cell }) => cell.kernel === "steps@4"),
		[{ sharedWith: /^steps@3\// }, { sharedWith: /^steps@3\// }],
		"a rung with the same image is not run again",
	);
	const report = await fuselab("report", run.id);
	t.match(report.stdout, /\n@2 .*does not build/);
	t.match(report.stdout, /\n@4 .*as @3/);
	t.match(report.stdout, /patch 1\/6 brings a warning: fs\/fuse\/dev\.c:\d+/);
	t.same(guestsRunning(), [], "no guest is left");
});

const bisectSchema = z.looseObject({
	suspects: z.array(z.looseObject({ number: z.number(), subject: z.string() })),
	seen: z.array(z.looseObject({ prefix: z.number(), judgement: z.string(), cells: z.array(z.string()) })),
	script: z.string(),
});

t.test("bisect names the patch that corrupts data, and writes a script that git can run", async (t) => {
	const { status, stdout, stderr } = await fuselab("bisect", CONFIG, "--case", "io/end-of-file", "--json");
	t.equal(status, 0, "exit status", { stderr: stderr.split("\n").slice(-40) });
	const { suspects, seen, script } = bisectSchema.parse(JSON.parse(stdout));
	t.match(suspects, [{ number: 5, subject: "fuse: clear what follows the odd end of a reply" }]);
	t.equal(suspects.length, 1);
	const judged = new Map(seen.map(({ prefix, judgement }) => [prefix, judgement]));
	for (const [prefix, judgement] of [
		[0, "good"],
		[4, "good"],
		[5, "bad"],
		[6, "bad"],
	] as const)
		t.equal(judged.get(prefix), judgement, `@${prefix}`);
	t.ok((seen.find(({ prefix }) => prefix === 0)?.cells.length ?? 0) > 1, "a pass is believed only when repeated");
	t.equal((await execa("sh", ["-n", script], { reject: false })).exitCode, 0, "the script is one");
	t.same(guestsRunning(), [], "no guest is left");
});

t.test("a case that passes with the whole series is not looked for", async (t) => {
	const { status, stdout } = await fuselab("bisect", CONFIG, "--case", "io/fsync", "--json");
	t.equal(status, 2);
	t.match(JSON.parse(stdout), { suspects: [], note: /whole series passed/ });
});
