import t from "tap";
import { compiledIn, warningsAfter } from "./warnings.ts";

const LOG = `  CC      fs/fuse/dev.o
fs/fuse/dev.c: In function ‘fuse_x’:
fs/fuse/dev.c:12:7: warning: unused variable ‘y’ [-Wunused-variable]
./include/linux/fuse.h:3:1: warning: odd
  AS      arch/x86/entry/entry_64.o
  CC [M]  fs/fuse/cuse.o
fs/fuse/file.o: warning: objtool: fuse_y+0x10: unreachable instruction
.config:1044:warning: symbol value 'n' invalid for X
WARNING: modpost: vmlinux: section mismatch in reference: a (section: .text) -> b (section: .init.text)
fs/fuse/dev.c:13:1: error: this is none
  LD      vmlinux.o
`;

t.test("reads what compiler, objtool and modpost warn of, and what was compiled", async (t) => {
	t.strictSame(compiledIn(LOG), ["fs/fuse/dev", "arch/x86/entry/entry_64", "fs/fuse/cuse"]);
	t.strictSame(
		warningsAfter([], LOG, new Set()).map(({ file, line }) => `${file}:${line}`),
		["fs/fuse/dev.c:12", "include/linux/fuse.h:3", "fs/fuse/file.o:null", "vmlinux:null"],
	);
	t.match(warningsAfter([], LOG, new Set())[0], { text: "unused variable 'y' [-Wunused-variable]" });
});

t.test("keeps the warnings of what was not compiled again, and forgets those of what was", async (t) => {
	const before = warningsAfter([], LOG, new Set());
	const names = (log: string, touched: readonly string[]): readonly string[] =>
		warningsAfter(before, log, new Set(touched)).map(({ file }) => file);
	t.strictSame(
		names("  CC      fs/fuse/inode.o\n", []),
		before.map(({ file }) => file),
	);
	t.strictSame(names("  CC      fs/fuse/dev.o\n", []), ["include/linux/fuse.h", "fs/fuse/file.o", "vmlinux"]);
	t.strictSame(names("  CC      fs/fuse/file.o\n  LD      vmlinux\n", []), ["fs/fuse/dev.c", "include/linux/fuse.h"]);
	t.notOk(names("", ["include/linux/fuse.h"]).includes("include/linux/fuse.h"), "a changed header speaks for itself");
	t.equal(warningsAfter(before, LOG, new Set()).length, before.length, "the same log again adds nothing");
});
