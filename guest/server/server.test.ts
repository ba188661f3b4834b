/** The server's C tests, compiled here by every compiler and sanitizer at hand, each a stream of its own. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import t from "tap";
import { folders } from "../../orchestrator/host/folders.ts";
import { readTap } from "../../orchestrator/tap/read-tap.ts";
import { TESTED_UNITS, WARNINGS } from "./compile.ts";

const folder = path.join(folders.clone(), "guest/server");
const variants = [
	["gcc", "-fsanitize=address,undefined"],
	["gcc", "-fsanitize=thread"],
	["clang", "-O2"],
] as const;

for (const [compiler, flag] of variants)
	t.test(`against a kernel in memory, ${compiler} ${flag}`, async (t) => {
		if (!existsSync(`/usr/bin/${compiler}`)) {
			t.pass(`${compiler} is not installed`, { skip: `${compiler} is not installed` });
			return;
		}
		const temporary = await mkdtemp(path.join(os.tmpdir(), "fuselab-server-"));
		t.teardown(async () => await rm(temporary, { recursive: true, force: true }));
		const program = path.join(temporary, "server-test");
		const tests = (await readdir(path.join(folder, "tests"))).filter((name) => name.endsWith(".c"));
		const sources = [...tests.map((name) => `tests/${name}`), ...TESTED_UNITS];
		await execa(compiler, [...WARNINGS, "-O1", "-g", flag, "-o", program, ...sources, "-lpthread"], { cwd: folder });
		const { stdout, stderr, exitCode } = await execa(program, { reject: false, timeout: 60_000 });
		const { points, planned } = readTap(stdout.split("\n"));
		t.same(
			points.filter(({ ok }) => !ok).map(({ name }) => name),
			[],
			`${points.length} points hold`,
		);
		t.equal(planned, points.length, "the stream is whole");
		t.ok(points.length > 400, "and long");
		t.equal(exitCode, 0, "exit status", { stderr: stderr.split("\n").slice(0, 30) });
	});
