import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { doubtsAbout } from "../series-input/doubts.ts";
import type { Series } from "../series-input/series.ts";
import { type BuildableSource, resolveSource } from "./resolve.ts";

const signal = new AbortController().signal;
const stages: string[] = [];
const options = { signal, onStage: (text: string): void => void stages.push(text) };

/** As little as passes for a kernel. */
const KERNEL = {
	Makefile: "VERSION = 7\n",
	Kconfig: "config X\n",
	fs: { Kconfig: "config FUSE\n", "x.c": "one\ntwo\n" },
};

const gitIn =
	(folder: string) =>
	(...args: readonly string[]): string =>
		execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", "-C", folder, ...args], {
			encoding: "utf8",
			env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
		}).trim();

/** Every byte, mode and time below a folder, access times apart. */
const snapshot = (folder: string): readonly string[] =>
	readdirSync(folder, { recursive: true, encoding: "utf8" })
		.map((name) => {
			const file = path.join(folder, name);
			const { mode, mtimeMs, ctimeMs, ino } = lstatSync(file);
			const bytes = lstatSync(file).isFile() ? createHash("sha256").update(readFileSync(file)).digest("hex") : "";
			return [name, mode, mtimeMs, ctimeMs, ino, bytes].join(" ");
		})
		.sort();

const unpack = async (source: BuildableSource, tree: string, base?: string) => {
	const resolved = await resolveSource(source, base, options);
	await resolved.unpack(tree, options);
	return resolved;
};

const filesOf = (tree: string): readonly string[] =>
	readdirSync(tree, { recursive: true, encoding: "utf8" })
		.filter((name) => lstatSync(path.join(tree, name)).isFile())
		.sort();

t.test(
	"takes a ref out of a git tree and leaves index, branches and work tree as they are, dirty or not",
	async (t) => {
		const folder = t.testdir({ linux: KERNEL });
		const [repository, git] = [path.join(folder, "linux"), gitIn(path.join(folder, "linux"))];
		git("init", "-q", "-b", "main");
		git("add", ".");
		git("commit", "-q", "-m", "base");
		git("tag", "v7");
		const base = git("rev-parse", "HEAD");
		writeFileSync(path.join(repository, "fs/x.c"), "one\ntwo\nthree\n");
		git("commit", "-qam", "more");
		// Dirty in every way: changed, staged, untracked, and an index whose times are stale.
		writeFileSync(path.join(repository, "fs/x.c"), "dirty\n");
		writeFileSync(path.join(repository, "staged.c"), "staged\n");
		git("add", "staged.c");
		writeFileSync(path.join(repository, "untracked.c"), "untracked\n");
		const before = snapshot(repository);

		const source = { kind: "git", repository, ref: "v7" } as const;
		const tree = path.join(folder, "tree");
		const resolved = await unpack(source, tree);
		t.strictSame(filesOf(tree), ["Kconfig", "Makefile", "fs/Kconfig", "fs/x.c"]);
		t.equal(readFileSync(path.join(tree, "fs/x.c"), "utf8"), "one\ntwo\n");
		t.equal(resolved.version, "v7");
		t.equal(await resolved.holds(base, signal), true);
		const main = await resolveSource({ ...source, ref: "main" }, undefined, options);
		t.equal(await main.holds(base, signal), true, "a commit before it");
		t.equal(await resolved.holds(git("rev-parse", "main"), signal), false, "a commit after it");
		t.equal(await resolved.holds("f".repeat(40), signal), false, "a commit that is not there");
		t.not(main.sha256, resolved.sha256);
		t.equal(await resolved.readBlob?.(signal)(git("rev-parse", "main:fs/x.c").slice(0, 12)), "one\ntwo\nthree\n");
		t.strictSame(snapshot(repository), before, "not a byte, not a time");

		const based = await unpack({ ...source, ref: null }, path.join(folder, "based"), base);
		t.equal(based.sha256, resolved.sha256, "the series' base-commit is the ref where none is named");
		await t.rejects(resolveSource({ ...source, ref: null }, undefined, options), { code: "config-invalid" });
		await t.rejects(resolveSource({ ...source, ref: null }, "f".repeat(40), options), {
			code: "source-missing",
			message: /has no commit f{40}, which the series says it is based on/,
		});
		await t.rejects(resolveSource({ ...source, ref: "nowhere" }, undefined, options), { code: "source-missing" });
		await t.rejects(resolveSource({ ...source, repository: `${folder}x` }, undefined, options), {
			message: /is no git repository/,
		});

		process.env.XDG_CACHE_HOME = path.join(folder, "cache");
		const remote = await unpack({ ...source, repository: `file://${repository}` }, path.join(folder, "remote"));
		t.equal(remote.sha256, resolved.sha256, "the same tree by URL");
		t.equal(await remote.holds("f".repeat(40), signal), undefined);
		await t.rejects(resolveSource({ ...source, repository: `file://${folder}/no` }, undefined, options), {
			code: "fetch-failed",
		});
		t.strictSame(snapshot(repository), before, "still not");
	},
);

t.test("unpacks a tarball, and refuses what is none or holds no kernel", async (t) => {
	const folder = t.testdir({ "linux-7.3": KERNEL, other: { a: "b" }, "broken.tar": "no tar" });
	const pack = (name: string): string => {
		execFileSync("tar", ["-czf", `${name}.tar.gz`, name], { cwd: folder });
		return path.join(folder, `${name}.tar.gz`);
	};
	mkdirSync(path.join(folder, "linux-7.3/.git"));
	const file = pack("linux-7.3");
	const resolved = await unpack({ kind: "tarball", file }, path.join(folder, "tree"));
	t.equal(resolved.version, "linux-7.3");
	t.strictSame(
		readdirSync(path.join(folder, "tree")).sort(),
		["Kconfig", "Makefile", "fs"],
		"a repository in it is left out",
	);
	for (const [name, error] of [
		[pack("other"), /holds no kernel source/],
		[path.join(folder, "broken.tar"), /`tar .* exited with status/],
		[path.join(folder, "nowhere.tar"), /does not exist/],
		[folder, /is no file/],
	] as const)
		await t.rejects(unpack({ kind: "tarball", file: name }, path.join(folder, `t-${path.basename(name)}`)), {
			code: "source-missing",
			message: error,
		});
});

t.test("writes nothing outside of the tree for a tarball that would", async (t) => {
	const folder = t.testdir({ "linux-7.3": KERNEL });
	symlinkSync("../../outside", path.join(folder, "linux-7.3/link"));
	mkdirSync(path.join(folder, "outside"));
	execFileSync("tar", ["-cf", "l.tar", "linux-7.3"], { cwd: folder });
	rmSync(path.join(folder, "linux-7.3/link"));
	mkdirSync(path.join(folder, "linux-7.3/link"));
	writeFileSync(path.join(folder, "linux-7.3/link/evil"), "evil");
	execFileSync("tar", ["-rf", "l.tar", "linux-7.3/link/evil"], { cwd: folder });
	execFileSync("tar", ["-rPf", "l.tar", "--transform=s,linux-7.3/link,linux-7.3/../outside,", "linux-7.3/link/evil"], {
		cwd: folder,
	});
	await unpack({ kind: "tarball", file: path.join(folder, "l.tar") }, path.join(folder, "a/tree")).catch(
		() => undefined,
	);
	t.strictSame(readdirSync(path.join(folder, "outside")), []);
	t.strictSame(
		readdirSync(path.join(folder, "a")).filter((name) => name !== "tree"),
		[],
	);
});

t.test("copies a folder as it stands, and knows it again by its content", async (t) => {
	const folder = t.testdir({ linux: { ...KERNEL, ".git": { HEAD: "x" } } });
	const source = { kind: "folder", folder: path.join(folder, "linux") } as const;
	symlinkSync("fs/x.c", path.join(source.folder, "link"));
	const before = snapshot(source.folder);
	const resolved = await unpack(source, path.join(folder, "tree"));
	t.strictSame(snapshot(source.folder), before);
	t.strictSame(readdirSync(path.join(folder, "tree")).sort(), ["Kconfig", "Makefile", "fs", "link"]);
	cpSync(source.folder, path.join(folder, "copy"), { recursive: true, verbatimSymlinks: true });
	const copy = await resolveSource({ kind: "folder", folder: path.join(folder, "copy") }, undefined, options);
	t.equal(copy.sha256, resolved.sha256);
	writeFileSync(path.join(folder, "copy/fs/x.c"), "one\ntwO\n");
	t.not(
		(await resolveSource({ kind: "folder", folder: path.join(folder, "copy") }, undefined, options)).sha256,
		copy.sha256,
	);
	writeFileSync(path.join(source.folder, "Makefile"), "VERSION = 8\n");
	await t.rejects(resolved.unpack(path.join(folder, "late"), options), {
		message: /was changed while it was being copied/,
	});
	execFileSync("mkfifo", [path.join(source.folder, "pipe")]);
	await t.rejects(resolveSource(source, undefined, options), { message: /pipe is neither file, folder nor link/ });
	await t.rejects(resolveSource({ kind: "folder", folder: path.join(folder, "no") }, undefined, options), {
		message: /does not exist/,
	});
});

const DIFF = "--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,2 +1,3 @@\n one\n+more\n two\n";

const seriesOf = (origin: string, change: Partial<Series>): Series => ({
	origin,
	version: 1,
	versions: [1],
	cover: undefined,
	patches: [{ subject: "s", author: "a", message: "", diff: DIFF, strip: 1, digest: "" }],
	base: undefined,
	prerequisites: [],
	leftOut: { replies: 0, copies: 0, others: 0 },
	...change,
});

t.test("says what a series wants of its source and cannot be seen to have", async (t) => {
	const folder = t.testdir({ linux: KERNEL });
	const source = await resolveSource({ kind: "folder", folder: path.join(folder, "linux") }, undefined, options);
	const base = "0123456789ab".padEnd(40, "0");
	const id = execFileSync("git", ["patch-id", "--stable"], { input: DIFF, encoding: "utf8" }).slice(0, 40);
	const doubts = async (...stack: readonly Series[]) => await doubtsAbout(stack, source, signal);
	t.strictSame(await doubts(seriesOf("a", {})), []);
	t.match(await doubts(seriesOf("a", { base })), [
		/^a says that it is based on commit 0123456789ab; whether .* cannot be checked$/,
	]);
	const { holds: _, ...rest } = source;
	const without = { ...rest, holds: async () => false };
	t.match(await doubtsAbout([seriesOf("a", { base })], without, signal), [/, which .*linux does not hold$/]);
	t.strictSame(
		await doubts(seriesOf("a", {}), seriesOf("b", { prerequisites: [id] })),
		[],
		"the series below brings it",
	);
	t.match(await doubts(seriesOf("b", { prerequisites: [id, "f".repeat(40)] }), seriesOf("a", {})), [
		/^b wants 2 of 2 patches before it that no series before it brings/,
	]);
});
