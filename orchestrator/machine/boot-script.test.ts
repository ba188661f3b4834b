import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { bootScript, reproScript } from "./boot-script.ts";

/** Stands in for a machine: reads an order, says what it is told to, and leaves when ordered to power off. */
const machine = (folder: string, ...said: readonly string[]): string => {
	const program = path.join(folder, "machine");
	const lines = said.map((line) => `printf '%s\\n' '${line}'`).join("\n");
	writeFileSync(
		program,
		`#!/bin/sh\necho '[    1.0] Linux version' >console.log\nread order\n${lines}\nread poweroff\n`,
	);
	chmodSync(program, 0o755);
	return program;
};

const END = `{"type":"cell-end","id":"x","stage":"done","error":null,"unsupported":null,"proof":{"found":"uring"}}`;

const repro = (program: string, needs: readonly string[] = []): { status: number | null; stdout: string } =>
	spawnSync(
		"sh",
		[
			"-c",
			reproScript({
				id: "k/uring/tmpfs/io/it's#1",
				run: "r",
				mode: "uring",
				order: `{"type":"cell","id":"it's"}`,
				boot: bootScript({
					command: [program],
					disks: [{ file: "nvme0.img", mebibytes: 1 }],
					channel: "stdio",
				}),
				needs: [program, ...needs],
				seconds: 10,
			}),
		],
		{ encoding: "utf8" },
	);

t.test("the boot's own script makes the disks it names, in a folder of its own, and removes them", async (t) => {
	const folder = t.testdir();
	const script = bootScript({
		command: ["sh", "-c", "stat -c %s nvme0.img; pwd"],
		disks: [{ file: "nvme0.img", mebibytes: 3 }],
		channel: "stdio",
	});
	const [size, where = ""] = execFileSync("sh", ["-c", script], {
		encoding: "utf8",
		env: { ...process.env, TMPDIR: folder },
		stdio: ["ignore", "pipe", "ignore"],
	}).split("\n");
	t.equal(size, String(3 * 1024 * 1024));
	t.ok(where.startsWith(folder));
	t.notOk(existsSync(path.join(where, "nvme0.img")));
});

t.test("a recorded cell that passes, fails, takes another way, is not finished or is skipped", async (t) => {
	const folder = t.testdir();
	const tap = (line: string): string => `{"type":"tap","id":"x","line":"${line}"}`;
	for (const [said, status, word] of [
		[[tap("ok 1 - reads"), END], 0, /^ok 1 - reads\nPASS\n$/],
		[[tap("ok 1"), tap("not ok 2 - reads"), END], 1, /FAIL: not ok/],
		[[tap("not ok 1 - reads # TODO later"), END], 0, /PASS/],
		[[END.replace("uring", "devfuse")], 1, /FAIL: not carried by uring/],
		[[END.replace(`"done","error":null`, `"work","error":"it broke"`)], 1, /FAIL: work: "it broke"/],
		[[END.replace(`"unsupported":null`, `"unsupported":"EOPNOTSUPP"`)], 0, /SKIP/],
		[[], 2, /^$/],
	] as const) {
		const outcome = repro(machine(folder, ...said));
		t.equal(outcome.status, status, said.join(" "));
		t.match(outcome.stdout, word);
	}
});

t.test("what a guest says has no power over the terminal", async (t) => {
	const { stdout } = repro(machine(t.testdir(), `{"type":"tap","id":"x","line":"ok \u001b[2J\u0007"}`, END));
	t.match(stdout, /^ok \[2J\nPASS/);
});

t.test("without the image it says what is missing", async (t) => {
	t.equal(repro(machine(t.testdir(), END), ["/nowhere/image"]).status, 2);
});
