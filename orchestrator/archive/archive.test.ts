import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { LabError } from "../domain/lab-error.ts";
import type { CellRecord, RunRecord } from "../domain/run.ts";
import { insideRun, stemOf } from "./names.ts";
import { findRun, listRuns, readRun } from "./read.ts";
import { attachFile, createRun, writeCell, writeRun } from "./write.ts";

const run: RunRecord = {
	version: 1,
	id: "20261123-101500-quick",
	fuselab: "0.1.0",
	config: "name: quick\n",
	configPath: "/c/quick.yaml",
	startedAt: "2026-11-23T10:15:00.000Z",
	finishedAt: null,
	interrupted: false,
	host: { kernel: "6.1", cpus: 2, memoryMiB: 4096, node: "v20", qemu: "7.2", virtmeNg: "1.41" },
	machine: { kind: "auto", cpus: 2, memoryMiB: 2048, chosen: "qemu-tcg", why: "no KVM" },
	kernels: [],
	unbuilt: [],
	planned: ["k/devfuse/tmpfs/b/b#1", "k/devfuse/tmpfs/a/a#1"],
};

const record = (id: string): CellRecord => ({
	version: 1,
	cell: { id, kernel: "k", mode: "devfuse", store: "tmpfs", work: { kind: "check", name: "a/a" }, repeat: 1 },
	verdict: { outcome: "pass", because: "ok", detail: "1 point" },
	proof: { asked: "devfuse", found: "devfuse", witness: "kernel-counters", detail: "no ring" },
	tap: { points: [{ ok: true, name: "a", diagnostics: [] }], planned: 1, bailedOut: undefined, skippedAll: undefined },
	figures: [],
	findings: [{ kind: "panic", title: "x", lines: ["y"], functions: ["f"] }],
	seconds: 1.5,
	boot: "k-1",
	files: { console: "boots/k-1/console.log" },
});

const freshRoot = async (t: Tap): Promise<string> => {
	const root = await mkdtemp(path.join(os.tmpdir(), "fuselab-archive-"));
	t.teardown(async () => await rm(root, { recursive: true }));
	return root;
};
type Tap = { teardown(act: () => Promise<void>): void };

const refusal = async (promise: Promise<unknown>): Promise<LabError> => {
	const error: unknown = await promise.catch((reason: unknown) => reason);
	if (error instanceof LabError) return error;
	throw new Error("was not refused");
};

t.test("gives back what was written, in the order of the plan", async (t) => {
	const { folder, id } = await createRun(path.join(await freshRoot(t), "runs"), run);
	t.equal(id, run.id);
	const [first = "", second = ""] = run.planned;
	await writeCell(folder, record(second), { tap: "1..1\n", kernelLog: "", fio: "{}" });
	await writeCell(folder, record(first));
	await writeRun(folder, { ...run, finishedAt: "2026-11-23T10:16:00.000Z" });
	const archived = await readRun(folder);
	t.equal(archived.run.finishedAt, "2026-11-23T10:16:00.000Z");
	t.same(archived.unreadable, []);
	t.same(archived.cells[0], record(first));
	const files = archived.cells[1]?.files;
	t.equal(files?.console, "boots/k-1/console.log");
	t.equal(await readFile(path.join(folder, files?.tap ?? ""), "utf8"), "1..1\n");
	t.equal(await readFile(path.join(folder, files?.fio ?? ""), "utf8"), "{}");
	t.notOk("serverLog" in (files ?? {}));
});

t.test("makes a new folder when the name is taken", async (t) => {
	const root = await freshRoot(t);
	await createRun(root, run);
	const { folder, id } = await createRun(root, run);
	t.equal(id, `${run.id}-2`);
	t.equal((await readRun(folder)).run.id, id);
	t.equal((await refusal(createRun(root, { ...run, id: "../out" }))).code, "usage");
});

t.test("makes safe and different file names of cell ids", async (t) => {
	const ids = [
		"a/b#1",
		"a_b_1",
		"A/b#1",
		"../../etc/passwd#1",
		".hidden",
		"x".repeat(1000),
		`${"x".repeat(999)}y`,
		"ü\n",
	];
	for (const id of ids) t.match(stemOf(id), /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,180}$/, JSON.stringify(id.slice(0, 20)));
	t.equal(new Set(ids.map((id) => stemOf(id).toLowerCase())).size, ids.length);
});

t.test("never leaves the run folder", async (t) => {
	for (const name of ["../x", "a/../../x", "/etc/passwd", "", "a//b", "a\\..\\b", "a\0b"])
		t.throws(() => insideRun("/run", name), { code: "run-missing" }, JSON.stringify(name));
	t.equal(insideRun("/run", "cells/a.json"), "/run/cells/a.json");
});

t.test("copies a log from outside the run once", async (t) => {
	const root = await freshRoot(t);
	const { folder } = await createRun(root, run);
	const log = path.join(root, "build log");
	await writeFile(log, "cc1: error\n");
	const names = [];
	for (const id of run.planned)
		names.push((await writeCell(folder, { ...record(id), files: { log } })).files.log ?? "");
	t.equal(names[0], names[1]);
	t.equal(await readFile(path.join(folder, names[0] ?? ""), "utf8"), "cc1: error\n");
	const missing = await writeCell(folder, { ...record("x"), files: { log: path.join(root, "gone") } });
	t.match(await readFile(path.join(folder, missing.files.log ?? ""), "utf8"), /was not there/);
	t.match(await attachFile(folder, "x", "copy.log", log), /^cells\/x-[0-9a-f]{8}\/copy\.log$/);
});

t.test("names records that it cannot read, and goes on", async (t) => {
	const { folder } = await createRun(await freshRoot(t), run);
	await writeCell(folder, record(run.planned[0] ?? ""));
	const cells = path.join(folder, "cells");
	const text = JSON.stringify(record("z"));
	await writeFile(path.join(cells, "1-cut.json"), text.slice(0, 100));
	await writeFile(path.join(cells, "2-newer.json"), text.replace('"version":1', '"version":2'));
	await writeFile(path.join(cells, "3-outside.json"), text.replace("boots/k-1", "../../etc"));
	await writeFile(path.join(cells, "4-type.json"), text.replace('"pass"', '"great"'));
	await writeFile(path.join(cells, ".5-temporary.json"), "{");
	await mkdir(path.join(cells, "6-folder.json"));
	const { cells: read, unreadable } = await readRun(folder);
	t.equal(read.length, 1);
	t.match(unreadable, [
		{ file: "cells/1-cut.json", reason: /not JSON/ },
		{ file: "cells/2-newer.json", reason: /version: a record of version 1/ },
		{ file: "cells/3-outside.json", reason: /files.console: a file name that stays inside/ },
		{ file: "cells/4-type.json", reason: /verdict.outcome/ },
	]);
	t.equal(unreadable.length, 4);
});

t.test("finds a run by id, by path and as the latest", async (t) => {
	const root = await freshRoot(t);
	t.match(await refusal(findRun("latest", root)), { code: "run-missing", message: /no run "latest": .* yet/ });
	t.same(await listRuns(path.join(root, "nowhere")), []);
	const older = await createRun(root, { ...run, id: "20251231-000000-a" });
	const newer = await createRun(root, run);
	await mkdir(path.join(root, "zzz-no-run"));
	t.equal(await findRun("latest", root), newer.folder);
	t.equal(await findRun("20251231-000000-a", root), older.folder);
	t.equal(await findRun(older.folder, root), older.folder);
	t.match(await refusal(findRun("nope", root)), { evidence: [newer.id, older.id] });
	t.equal((await refusal(findRun("../..", root))).code, "run-missing");
});

t.test("says which run it cannot read", async (t) => {
	const { folder } = await createRun(await freshRoot(t), run);
	await writeFile(path.join(folder, "run.json"), "{}");
	t.match((await refusal(readRun(folder))).evidence, [/run.json: version: a record of version 1/]);
	t.match((await refusal(readRun("/nowhere"))).evidence, [/run.json: it is missing/]);
	t.same((await readdir(folder)).sort(), ["cells", "run.json"], "no temporary file is left");
});
