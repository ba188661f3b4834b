/**
 * Malformed input: each file of `tests/corpus/{mbox,series,config}` gives one clear error, the right exit status, and does
 * no damage. What is too large or too odd to be kept as a file is made here.
 */
import { createHash } from "node:crypto";
import {
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import PQueue from "p-queue";
import t from "tap";
import { folders } from "../orchestrator/host/folders.ts";
import { fuselab, type Outcome } from "./lib/cli.ts";

const CORPUS = path.join(folders.clone(), "tests/corpus");

/** Refused while it is read: status 78, by `fuselab series show`. */
const UNREADABLE: Readonly<Record<string, RegExp>> = {
	"mbox/attachment.mbox": /1\/1 \("fuse: one"\) in attachment\.mbox holds no diff/,
	"mbox/cut-base64.mbox": /1\/1 "fuse: one" in cut-base64\.mbox ends in the middle of hunk 1 of fs\/x\.c/,
	"mbox/doubled-part.mbox": /2\/2 is in doubled-part\.mbox twice: "fuse: two" and "fuse: too"/,
	"mbox/eight-bit.mbox": /holds bytes that are no text in the character set it names/,
	"mbox/empty.mbox": /empty\.mbox holds no patch/,
	"mbox/garbage.mbox": /garbage\.mbox holds no patch/,
	"mbox/html-only.mbox": /holds no diff/,
	"mbox/huge-numbers.mbox": /a patch 1\/100000000000000000000: no series is like that/,
	"mbox/missing-part.mbox": /2\/3 is missing from missing-part\.mbox/,
	"mbox/mixed-totals.mbox": /mixes series: one mail says x\/2, "fuse: two" says 2\/3/,
	"mbox/newest-incomplete.mbox": /1\/2 is missing from newest-incomplete\.mbox \(version 2\)/,
	"mbox/not-gzip.mbox.gz": /not-gzip\.mbox\.gz cannot be read/,
	"mbox/nul-in-diff.mbox": /holds NUL bytes/,
	"mbox/number-beyond.mbox": /holds a patch 5\/3: no series is like that/,
	"mbox/numbered-and-not.mbox": /"fuse: two" in numbered-and-not\.mbox has no number, though others have/,
	"mbox/only-cover.mbox": /holds no patch/,
	"mbox/reply-only.mbox": /holds no patch/,
	"mbox/terminal-escapes.mbox": /1\/1 \("red"\) in terminal-escapes\.mbox holds no diff/,
	"mbox/truncated-after-subject.mbox": /1\/1 \("fuse: one"\) .* holds no diff/,
	"mbox/truncated-header.mbox": /holds no patch/,
	"mbox/truncated-mail.mbox": /ends in the middle of hunk 1 of fs\/x\.c/,
	"mbox/two-covers.mbox": /holds two cover letters: "fuse: all" and "fuse: everything"/,
	"mbox/wrong-base64.mbox": /holds no diff/,
	"series/absolute.mbox": /would write outside of the tree: "\/etc\/cron\.d\/owned"/,
	"series/binary-without-content.mbox": /changes the binary file logo\.png without saying to what/,
	"series/changes-nothing.mbox": /changes nothing/,
	"series/copy-in.mbox": /outside of the tree: "\.\.\/\.\.\/\.\.\/etc\/passwd"/,
	"series/dot-dot-new.mbox": /outside of the tree: "a\/\.\.\/\.\.\/canary"/,
	"series/dot-dot.mbox": /outside of the tree: "b\/\.\.\/\.\.\/\.\.\/etc\/passwd"/,
	"series/folder-as-file.mbox": /names no file: "b\/fs\/"/,
	"series/folder-without-patches": /holds no patch/,
	"series/git-folder-by-case.mbox": /would write into a \.git folder: "b\/fs\/\.GiT\/config"/,
	"series/git-folder.mbox": /would write into a \.git folder/,
	"series/huge-count.mbox": /has numbers that no file reaches in hunk 1/,
	"series/huge-hunk.mbox": /has numbers that no file reaches in hunk 1/,
	"series/link-absolute.mbox": /makes fs\/link a link out of the tree, to "\/etc\/passwd"/,
	"series/link-out.mbox": /makes fs\/link a link out of the tree, to "\.\.\/\.\.\/\.\.\/etc"/,
	"series/quilt-absolute": /"\/etc\/passwd" in line 1 of quilt-absolute\/series is outside of the folder/,
	"series/quilt-empty": /quilt-empty\/series lists no patch/,
	"series/quilt-escaping": /outside of the tree: "b\/x\/\.\.\/\.\.\/\.\.\/canary"/,
	"series/quilt-level": /names no file: ""/,
	"series/quilt-missing": /lists nowhere\.patch, which does not exist/,
	"series/quilt-outside": /is outside of the folder/,
	"series/quilt-reversed": /The option "-R" in line 1/,
	"series/quilt-twice": /lists one\.patch twice/,
	"series/quoted-dot-dot.mbox": /outside of the tree: "b\/\.\.\/\.\.\/canary"/,
	"series/rename-out.mbox": /outside of the tree/,
	"series/short-hunk.mbox": /ends in the middle of hunk 1 of fs\/x\.c/,
	"series/submodule.mbox": /makes sub a submodule/,
};

/** Read without fault, and does not apply: status 1, by `fuselab series apply` on a source of a few lines. */
const MISFITS: Readonly<Record<string, RegExp>> = {
	"series/applied-already.mbox": /does not apply: fs\/x\.c:1 \(its only hunk\)/,
	"series/binary-broken.mbox": /does not apply: .*(?:corrupt|binary)/,
	"series/copy-missing.mbox": /does not apply: fs\/gone\.c is not in the tree/,
	"series/link-through.mbox": /Patch 2\/2 "fuse: through" does not apply: .*link.*beyond a symbolic link/,
	"series/mode-missing.mbox": /does not apply: fs\/gone\.sh is not in the tree/,
	"series/new-but-there.mbox": /does not apply: fs\/x\.c is there already/,
	"series/other-context.mbox": /does not apply: fs\/x\.c:1 \(its only hunk\)/,
	"series/rename-missing.mbox": /does not apply: fs\/gone\.c is not in the tree/,
};

/** Status 78, by `fuselab plan`. */
const CONFIGS: Readonly<Record<string, RegExp>> = {
	"config/alias-loop.yaml": /Excessive alias count|alias|circular|list/i,
	"config/bomb.yaml": /Excessive alias count/,
	"config/empty.yaml": /wanted a map with name, kernels, modes and stores/,
	"config/garbage.yaml": /wanted/,
	"config/image-with-series.yaml": /kernels\[0\]\.series: wanted no series, as nothing is built/,
	"config/message-spaces.yaml": /series\.message: wanted a message-id or the address of a mail archive/,
	"config/nul.yaml": /name: wanted a name/,
	"config/package-option.yaml": /source\.package: wanted a Debian source package/,
	"config/path-nul.yaml": /source\.folder: wanted the path of an unpacked source/,
	"config/range-option.yaml": /series\.range: wanted a range of commits/,
	"config/ref-option.yaml": /source\.ref: wanted a branch, tag or commit/,
	"config/series-number.yaml": /series\[0\]: wanted a path, a message-id, or a map .* found 3/,
	"config/series-two-kinds.yaml": /series: wanted a path, a message-id, or a map .* one of these kinds/,
	"config/series-unknown-key.yaml": /unknown key "mobx"/,
	"config/source-number.yaml": /kernels\[0\]\.source: wanted a map with package and suite, .* found 7\.3/,
	"config/source-option.yaml": /source\.git: wanted the path or URL of a git repository/,
	"config/source-two-kinds.yaml": /source: wanted a map with package and suite/,
	"config/suite-traversal.yaml": /source\.suite: wanted a Debian suite/,
	"config/twice.yaml": /Map keys must be unique/,
	"config/version-huge.yaml": /series\.version: wanted a whole number from 1 to 999/,
};

const HEAD = "From: fuselab maintainers <fuselab@example.org>\nSubject: [PATCH] x\n";

/** What is made here: name to how it is made, and the sentence. */
const MADE: Readonly<Record<string, { readonly make: (file: string) => void; readonly sentence: RegExp }>> = {
	"million-line-header.mbox": {
		make: (file) => writeFileSync(file, `${HEAD}${"X-Filler: y\n".repeat(1_000_000)}\nbody\n`),
		sentence: /A mail in million-line-header\.mbox is 11 MiB and 1000004 lines long/,
	},
	"long-header.mbox": {
		make: (file) => writeFileSync(file, `${HEAD}${"X-Filler: y\n".repeat(200_000)}\nbody\n`),
		sentence: /A mail in long-header\.mbox cannot be read: Maximum header size/,
	},
	"deep-mime.mbox": {
		make: (file) => {
			const levels = Array.from(
				{ length: 400 },
				(_, n) => `Content-Type: multipart/mixed; boundary=z${n}\n\n--z${n}\n`,
			);
			writeFileSync(file, `${HEAD}${levels.join("")}`);
		},
		sentence: /cannot be read: Maximum MIME nesting depth/,
	},
	"endless-mail.mbox": {
		make: (file) => writeFileSync(file, `${HEAD}\n${"+".repeat(17 * 1024 ** 2)}\n`),
		sentence: /A mail in endless-mail\.mbox is 17 MiB and 4 lines long; at most 16 MiB and 500000 lines are read/,
	},
	"quilt-cycle": {
		make: (folder) => {
			mkdirSync(folder);
			writeFileSync(path.join(folder, "series"), "a.patch\n");
			symlinkSync("b.patch", path.join(folder, "a.patch"));
			symlinkSync("a.patch", path.join(folder, "b.patch"));
		},
		sentence: /a\.patch in quilt-cycle cannot be read \(ELOOP\)/,
	},
	"quilt-link-out": {
		make: (folder) => {
			mkdirSync(folder);
			writeFileSync(path.join(folder, "series"), "a.patch\n");
			symlinkSync("/etc/passwd", path.join(folder, "a.patch"));
		},
		sentence: /a\.patch in quilt-link-out is a link out of the folder/,
	},
	"device.mbox": {
		make: (file) => symlinkSync("/dev/zero", file),
		sentence: /device\.mbox is no file/,
	},
	"empty-maildir": {
		make: (folder) => {
			for (const part of ["cur", "new", "tmp"]) mkdirSync(path.join(folder, part), { recursive: true });
		},
		sentence: /empty-maildir holds no patch/,
	},
};

const snapshot = (folder: string): string =>
	readdirSync(folder, { recursive: true, encoding: "utf8" })
		.sort()
		.map((name) => {
			const file = path.join(folder, name);
			const stat = lstatSync(file);
			return `${name} ${stat.mode} ${stat.isFile() ? createHash("sha256").update(readFileSync(file)).digest("hex") : ""}`;
		})
		.join("\n");

const sandbox = await mkdtemp(path.join(os.tmpdir(), "fuselab-corpus-"));
t.teardown(() => rmSync(sandbox, { recursive: true }));
process.env.XDG_CACHE_HOME = path.join(sandbox, "cache");
process.env.XDG_STATE_HOME = path.join(sandbox, "state");

const kernel = path.join(sandbox, "linux");
mkdirSync(path.join(kernel, "fs"), { recursive: true });
for (const [name, text] of [
	["Makefile", "VERSION = 7\n"],
	["Kconfig", "config X\n"],
	["fs/Kconfig", "config FUSE\n"],
	["fs/x.c", "one\ntwo\n"],
] as const)
	writeFileSync(path.join(kernel, name), text);

/** A config that builds the small source with a series of the corpus. */
const configFor = (series: string): string => {
	const file = path.join(sandbox, `${path.basename(series)}.yaml`);
	writeFileSync(
		file,
		`name: corpus\nkernels:\n  - name: corpus\n    source: { folder: linux }\n    series: ${series}\nmodes: [devfuse]\nstores: [tmpfs]\n`,
	);
	return file;
};

interface Entry {
	readonly name: string;
	readonly args: readonly string[];
	readonly status: number;
	readonly sentence: RegExp;
}

const entries: readonly Entry[] = [
	...Object.entries(UNREADABLE).map(([name, sentence]) => ({
		name,
		args: ["series", "show", path.join(CORPUS, name)],
		status: 78,
		sentence,
	})),
	...Object.entries(MISFITS).map(([name, sentence]) => ({
		name,
		args: ["series", "apply", configFor(path.join(CORPUS, name))],
		status: 1,
		sentence,
	})),
	...Object.entries(CONFIGS).map(([name, sentence]) => ({
		name,
		args: ["plan", path.join(CORPUS, name)],
		status: 78,
		sentence,
	})),
	...Object.entries(MADE).map(([name, { make, sentence }]) => {
		const file = path.join(sandbox, name);
		make(file);
		return { name, args: ["series", "show", file], status: 78, sentence };
	}),
];

const before = [snapshot(CORPUS), snapshot(kernel)];
const outcomes = new Map<string, Outcome>();
const queue = new PQueue({ concurrency: 2 });
for (const { name, args } of entries) void queue.add(async () => outcomes.set(name, await fuselab(...args)));
await queue.onIdle();

for (const { name, status, sentence } of entries)
	t.test(name, async (t) => {
		const outcome = outcomes.get(name);
		const stderr = outcome?.stderr ?? "";
		t.equal(outcome?.status, status, "exit status", { stderr });
		t.match(stderr, sentence);
		t.equal(stderr.match(/^fuselab: (?!compiling)/gm)?.length, 1, "one error", { stderr });
		t.equal(outcome?.stdout, "", "nothing on stdout");
		t.notMatch(stderr, /our own fault|\n\s+at /, "no stack");
		t.notOk(stderr.includes("\u001b"), "no terminal escapes");
	});

t.test("every file of the corpus is used", async (t) => {
	const known = new Set(entries.map(({ name }) => name));
	const files = ["mbox", "series", "config"].flatMap((kind) =>
		readdirSync(path.join(CORPUS, kind)).map((name) => `${kind}/${name}`),
	);
	t.strictSame(
		files.filter((name) => !known.has(name)),
		[],
	);
});

t.test("nothing was written where nothing should be", async (t) => {
	t.strictSame([snapshot(CORPUS), snapshot(kernel)], before, "the corpus and the source are as they were");
	const written = readdirSync(sandbox, { recursive: true, encoding: "utf8" });
	t.strictSame(
		written.filter((name) => /canary|owned|post-checkout|passwd|new\.c$/.test(name)),
		[],
	);
	t.strictSame(
		written.filter(
			(name) => name.startsWith("cache/") && !/^cache\/fuselab(\/(work|kernels|kernels\/\..*lock))?$/.test(name),
		),
		[],
		"no half-made tree is left",
	);
	t.notOk(["/etc/cron.d/owned", path.join(folders.clone(), "canary")].some((file) => existsSync(file)));
});
