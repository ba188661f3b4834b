/** Trouble of every kind in a real kernel: recognised, tied to its cell, with the place in the source. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import t from "tap";
import { folders } from "../orchestrator/host/folders.ts";
import { fuselab, readReport, umlRunning } from "./lib/cli.ts";

const configs = path.join(folders.clone(), "tests/configs");

/** Runs tests/configs/trouble.yaml with another trouble; gives the cells that looked it up and the one that did not. */
const runWith = async (trouble: string, more = "", ofMachine = "") => {
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-test-"));
	const file = path.join(folder, "trouble.yaml");
	try {
		const text = await readFile(path.join(configs, "trouble.yaml"), "utf8");
		await writeFile(
			file,
			text
				.replace("trouble: warn", `trouble: ${trouble}`)
				.replace("kind: uml, ", `kind: uml, ${ofMachine}`)
				.replaceAll(/(\.\.?\/\S+?)(?=\]|$)/gm, (name) => path.join(configs, name)) + more,
		);
		const { status, stdout, stderr } = await fuselab("run", file, "--json");
		return { status, stderr, cells: readReport(stdout).cells };
	} finally {
		await rm(folder, { recursive: true });
	}
};

const KINDS = [
	["warn", "warning", "fuse_trouble_warn", /fs\/fuse\/trouble\.c:\d+/],
	["list", "list-corruption", "fuse_trouble_list", /fs\/fuse\/trouble\.c:\d+/],
	["deadlock", "lockdep", "fuse_trouble_deadlock", /fs\/fuse\/trouble\.c:\d+/],
] as const;

for (const [trouble, kind, name, place] of KINDS)
	t.test(
		`${trouble}: the cell fails though its TAP is green, with the source's place; the next one is well`,
		async (t) => {
			const { status, stderr, cells } = await runWith(trouble);
			t.equal(status, 1, "exit status", { stderr: stderr.split("\n").slice(-20) });
			const [magic, calm] = cells;
			t.equal(`${magic?.verdict.outcome} ${magic?.verdict.because}`, "fail kernel-log");
			const finding = magic?.findings.find((one) => one.kind === kind);
			t.ok(finding?.functions.includes(name), `${kind} in ${name}`, { found: magic?.findings });
			t.match(
				finding?.lines.find((line) => line.includes(`${name}+`)),
				place,
			);
			t.equal(calm?.verdict.outcome, "pass");
		},
	);

t.test("leak: memory that a cell loses is found after it, with the source's place", async (t) => {
	const { status, stderr, cells } = await runWith("leak", "", "leaks: true, ");
	t.equal(status, 1, "exit status", { stderr: stderr.split("\n").slice(-20) });
	const [magic, calm] = cells;
	t.equal(`${magic?.verdict.outcome} ${magic?.verdict.because}`, "fail kernel-log");
	const leaks = magic?.findings.filter(({ kind }) => kind === "kmemleak") ?? [];
	const finding = leaks.find(({ functions }) => functions.includes("fuse_trouble_leak"));
	t.ok(finding, "the object is told by where it was allocated", { found: leaks });
	t.match(
		finding?.lines.find((line) => line.includes("fuse_trouble_leak+")),
		/fs\/fuse\/trouble\.c:\d+/,
	);
	t.equal(calm?.verdict.outcome, "pass", "and the next cell loses nothing");
});

t.test("an entry of the allow list makes trouble count for nothing, and says why", async (t) => {
	const entry = { pattern: "fuse_trouble_warn", reason: "It was asked for.", link: "tests/series" };
	const { status, cells } = await runWith("warn", `  - ${JSON.stringify(entry)}\n`);
	t.equal(status, 0);
	t.match(
		cells[0]?.findings.find(({ kind }) => kind === "warning"),
		{ allowed: entry },
	);
});

t.test("a task that hangs in the kernel is named with its stack", async (t) => {
	const { cells } = await runWith("hang");
	t.equal(cells[0]?.verdict.outcome, "fail");
	t.match(
		cells[0]?.stuck?.find(({ stack }) => stack.includes("fuse_trouble_hang")),
		{ state: "blocked" },
	);
	t.equal(cells[1]?.verdict.outcome, "pass", "the next cell has a new guest");
	t.same(umlRunning(500), [], "no guest is left");
});
