import t from "tap";
import { blame, buildFailed, firstFault } from "./fault.ts";
import type { Patch } from "./series.ts";

const patchOf = (number: number, file: string, ...added: readonly string[]): Patch => ({
	number,
	total: 3,
	subject: `fuse: part ${number}`,
	author: "j",
	digest: "",
	strip: 1,
	origin: "s.mbox",
	diff: `--- a/${file}\n+++ b/${file}\n@@ -1 +1,${added.length + 1} @@\n old\n${added.map((line) => `+${line}\n`).join("")}`,
});

t.test("finds the first error of a log", async (t) => {
	const rows: readonly (readonly [string, string, string | undefined, number | undefined, string])[] = [
		[
			"compiler",
			"  CC      fs/fuse/dev.o\nfs/fuse/dev.c: In function 'f':\nfs/fuse/dev.c:12:3: warning: w\nfs/fuse/dev.c:321:9: error: ‘foo’ undeclared (first use in this function)\n",
			"fs/fuse/dev.c",
			321,
			"'foo' undeclared (first use in this function)",
		],
		[
			"missing header",
			"./include/x.h:5:10: fatal error: y.h: No such file or directory",
			"include/x.h",
			5,
			"y.h: No such file or directory",
		],
		[
			"assembler",
			"arch/x86/lib/copy.S:12: Error: no such instruction: `foo'",
			"arch/x86/lib/copy.S",
			12,
			"no such instruction: 'foo'",
		],
		[
			"linker",
			"ld: vmlinux.o: in function `fuse_init':\ninode.c:(.text+0x12): undefined reference to `fuse_gone'",
			"inode.c",
			undefined,
			"undefined reference to 'fuse_gone'",
		],
		[
			"modpost",
			'ERROR: modpost: "fuse_gone" [fs/fuse/fuse.ko] undefined!',
			undefined,
			undefined,
			'ERROR: modpost: "fuse_gone" [fs/fuse/fuse.ko] undefined!',
		],
		[
			"make alone",
			"make[1]: *** [Makefile:1: x] Error 2",
			undefined,
			undefined,
			"make[1]: *** [Makefile:1: x] Error 2",
		],
	];
	for (const [name, log, file, line, message] of rows) t.strictSame(firstFault(log), { file, line, message }, name);
	t.equal(firstFault("  CC fs/fuse/error.o\n"), undefined);
});

const FILE = "fs/fuse/dev.c";
const patches = [patchOf(1, FILE, "\tfoo();", "}"), patchOf(2, FILE, "\tbar();", "}"), patchOf(3, "fs/x.c", "y")];

t.test(
	"is sure of a patch only when it alone added the faulty line, and the line stands in the file once",
	async (t) => {
		const file = "old\n\tfoo();\n}\n\tbar();\n}\n\tkept();\n";
		const at = (line: number) => blame({ file: FILE, line, message: "m" }, file, patches);
		t.match(at(2), { patch: { number: 1 }, sure: true });
		t.match(at(3), { patch: { number: 2 }, sure: false });
		t.match(at(6), { patch: { number: 2 }, sure: false });
		t.equal(blame({ file: "fs/y.c", line: 1, message: "m" }, "y", patches), undefined);
	},
);

t.test("finds a file that the linker names without its folder", async (t) => {
	t.match(blame({ file: "dev.c", line: undefined, message: "m" }, "", patches), { patch: { number: 2 }, sure: false });
});

t.test("words the error no surer than it is", async (t) => {
	const fault = { file: FILE, line: 2, message: "'foo' undeclared" };
	const facts = { kernel: "k", log: "", logFile: "/l", fault, patches: 3 };
	const [first] = patches;
	if (first === undefined) throw new Error("no patch");
	t.equal(
		buildFailed({ ...facts, blamed: { patch: first, sure: true } }).message,
		`Patch 1/3 "fuse: part 1" breaks the build: fs/fuse/dev.c:2: 'foo' undeclared.`,
	);
	t.equal(
		buildFailed({ ...facts, blamed: { patch: first, sure: false } }).message,
		`Patch 1/3 "fuse: part 1" (last patch to touch the file) may break the build: fs/fuse/dev.c:2: 'foo' undeclared.`,
	);
	const nobody = buildFailed({ ...facts, blamed: undefined });
	t.equal(nobody.message, `Kernel "k" does not build: fs/fuse/dev.c:2: 'foo' undeclared.`);
	t.match(nobody.hint, /No patch of the series touches this file/);
	t.equal(nobody.log, "/l");
});
