/** What a user sees of input that cannot be used. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { fuselab } from "./lib/cli.ts";

t.test("names every fault of a config at once, with line and column, and exits 78", async (t) => {
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-test-"));
	t.teardown(async () => await rm(folder, { recursive: true }));
	const file = path.join(folder, "bad.yaml");
	await writeFile(
		file,
		"name: bad\nkernels:\n  - name: a\n    source: { package: linux-source-7.3, suite: sid }\nmodes: [devfuse, warp]\nstores: tmpfs\ncolour: red\n",
	);
	const { status, stderr, stdout } = await fuselab("run", file);
	t.equal(status, 78);
	t.equal(stdout, "");
	t.match(stderr, /bad\.yaml:5:18: .*warp/);
	t.match(stderr, /bad\.yaml:6:\d+: /);
	t.match(stderr, /bad\.yaml:7:1: .*colour/);
});

t.test("a config that is not there is a config fault too", async (t) => {
	const { status, stderr } = await fuselab("run", "configs/nowhere.yaml");
	t.equal(status, 78);
	t.match(stderr, /configs\/nowhere\.yaml/);
});

t.test("an unknown command exits 64", async (t) => {
	const { status, stderr } = await fuselab("dance");
	t.equal(status, 64);
	t.match(stderr, /dance/);
});

t.test("a run that is not there is named", async (t) => {
	const { status, stderr } = await fuselab("report", "19700101-000000-never");
	t.not(status, 0);
	t.match(stderr, /19700101-000000-never/);
});
