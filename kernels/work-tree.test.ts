import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import type { Patch } from "./series.ts";
import { commonPrefix, listTrees, lockOfTree, removeTree, WorkTree, workFolder } from "./work-tree.ts";

const { signal } = new AbortController();
const options = { signal, onStage: () => undefined };

/** Turns line `file: from` into `file: to`. */
const patchOf = (number: number, file: string, from: string, to: string): Patch => ({
	number,
	total: 9,
	subject: `change ${file}`,
	author: "a",
	digest: "d",
	origin: "o",
	strip: 1,
	diff: `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-${from}\n+${to}\n`,
});

const ONE = patchOf(1, "a", "a0", "a1");
const TWO = patchOf(2, "b", "b0", "b1");
const THREE = patchOf(3, "Kconfig", "k0", "k1");
const OTHER = patchOf(2, "b", "b0", "b9");

const unpackInto = (unpacked: string[]) => async (tree: string) => {
	unpacked.push(tree);
	await mkdir(tree);
	for (const [file, text] of [
		["a", "a0"],
		["b", "b0"],
		["Kconfig", "k0"],
	] as const)
		await writeFile(path.join(tree, file), `${text}\n`);
};

const textsIn = async (tree: string): Promise<string> =>
	(await Promise.all(["a", "b", "Kconfig"].map(async (file) => await readFile(path.join(tree, file), "utf8"))))
		.join("")
		.replaceAll("\n", " ")
		.trim();

t.test("goes from prefix to prefix and touches only what the patches touch", async (t) => {
	const folder = path.join(t.testdir(), "line");
	const unpacked: string[] = [];
	const open = async () => await WorkTree.open(folder, options, unpackInto(unpacked));
	let tree = await open();
	t.notOk(tree.configured);
	t.ok(await tree.carry([ONE]));
	await tree.settle({ configured: true });
	const before = await stat(path.join(tree.path, "a"));
	tree = await open();
	t.ok(await tree.carry([ONE, TWO]));
	t.equal(await textsIn(tree.path), "a1 b1 k0");
	t.strictSame([...tree.touched], ["b"]);
	t.ok(tree.configured, "no patch touched the configuration");
	t.equal((await stat(path.join(tree.path, "a"))).mtimeMs, before.mtimeMs, "the other file keeps its time");
	await tree.settle();
	tree = await open();
	t.ok(await tree.carry([ONE, OTHER, THREE]), "back to the parting, and forth");
	t.equal(await textsIn(tree.path), "a1 b9 k1");
	t.notOk(tree.configured, "Kconfig has changed");
	await tree.settle();
	tree = await open();
	t.ok(await tree.carry([]));
	t.equal(await textsIn(tree.path), "a0 b0 k0");
	t.equal(unpacked.length, 1);
});

/** Lines that stand twice: the second is changed, and then looks as the first did all along. */
const TWINS = ["1", "2", "3", "(", "new", ")", "4", "5", "6", "7", "(", "old", ")", "8", ""].join("\n");
const OFFSET: Patch = {
	...ONE,
	diff: "--- a/twins\n+++ b/twins\n@@ -4,3 +4,3 @@\n (\n-old\n+new\n )\n",
};
const MAKES: Patch = {
	...TWO,
	diff: "--- /dev/null\n+++ b/more/made\n@@ -0,0 +1 @@\n+made\n",
};

t.test("takes back what a patch did, where it did it", async (t) => {
	const folder = path.join(t.testdir(), "line");
	const unpack = async (tree: string) => {
		await mkdir(tree);
		await writeFile(path.join(tree, "twins"), TWINS);
	};
	const tree = await WorkTree.open(folder, options, unpack);
	const twins = async () => await readFile(path.join(tree.path, "twins"), "utf8");
	t.ok(await tree.carry([OFFSET, MAKES]));
	t.equal(await twins(), TWINS.replace("old", "new"), "applied with an offset");
	await tree.settle();
	t.ok(await tree.carry([]));
	t.equal(await twins(), TWINS);
	t.notOk(existsSync(path.join(tree.path, "more/made")), "a file that was made is gone");
	t.ok(await tree.carry([MAKES, OFFSET]), "in another order");
	t.ok(await tree.carry([MAKES]));
	t.equal(await twins(), TWINS);
	t.ok(existsSync(path.join(tree.path, "more/made")));
});

t.test("a patch that does not apply leaves the ones before it, and the tree whole", async (t) => {
	const folder = path.join(t.testdir(), "line");
	const unpacked: string[] = [];
	let tree = await WorkTree.open(folder, options, unpackInto(unpacked));
	await t.rejects(tree.carry([ONE, patchOf(2, "b", "nothing", "b1")]), { code: "patch-failed" });
	tree = await WorkTree.open(folder, options, unpackInto(unpacked));
	t.ok(await tree.carry([ONE, TWO]));
	t.equal(await textsIn(tree.path), "a1 b1 k0");
	t.equal(unpacked.length, 1);
});

t.test("a tree that was never settled, or was meddled with, is made anew", async (t) => {
	const folder = path.join(t.testdir(), "line");
	const unpacked: string[] = [];
	const killed = await WorkTree.open(folder, options, unpackInto(unpacked));
	await killed.carry([ONE]);
	const tree = await WorkTree.open(folder, options, unpackInto(unpacked));
	t.equal(unpacked.length, 2, "a killed build's tree is not trusted");
	t.equal(await textsIn(tree.path), "a0 b0 k0");
	await tree.carry([ONE]);
	await writeFile(path.join(tree.path, "a"), "meddled\n");
	t.notOk(await tree.carry([]), "the patch does not come off: the tree is lost");
	const old = { version: 1, applied: [], configured: true, warnings: [] };
	await writeFile(path.join(folder, "state.json"), JSON.stringify(old));
	t.notOk((await WorkTree.open(folder, options, unpackInto(unpacked))).configured);
	t.equal(unpacked.length, 3, "nor is a tree from which patches were taken in reverse");
	t.equal(commonPrefix(["1", "2"], ["1", "2", "3"]), 2);
	t.equal(commonPrefix(["1", "2", "3"], ["1", "3"]), 1);
	t.equal(commonPrefix([], ["1"]), 0);
});

t.test("lists trees by their last use, and removes none that is being built in", async (t) => {
	process.env.XDG_CACHE_HOME = t.testdir();
	const folder = path.join(workFolder(), "0123456789ab");
	await mkdir(path.join(folder, "tree"), { recursive: true });
	await mkdir(path.join(workFolder(), "apart-1/tree"), { recursive: true });
	t.match(await listTrees(), [{ folder }]);
	t.equal((await listTrees()).length, 1);
	const start = (await readFile("/proc/self/stat", "utf8")).split(") ")[1]?.split(" ")[19] ?? "";
	await writeFile(lockOfTree(folder), JSON.stringify({ pid: process.pid, start, token: "t" }));
	t.equal(await removeTree(folder, signal), false);
	await writeFile(lockOfTree(folder), JSON.stringify({ pid: process.pid, start: "1", token: "t" }));
	t.equal(await removeTree(folder, signal), true, "the lock of a process that is gone counts for nothing");
	t.strictSame(await listTrees(), []);
});
