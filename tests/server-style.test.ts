/** The server's sources as clang and clang-tidy read them, with the headers that it is compiled with in the guest. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import t from "tap";
import { findRoot } from "../guest/root/root.ts";
import { WARNINGS } from "../guest/server/compile.ts";
import { folders } from "../orchestrator/host/folders.ts";

const cwd = path.join(folders.clone(), "guest/server");
// The shim that lies is a pile of symbol names and variable arguments; gcc's warnings are all that it gets.
const sources = readdirSync(cwd).filter((name) => name.endsWith(".c") && name !== "lie.c");

t.test("clang finds nothing to warn of, clang-tidy nothing to mend", async (t) => {
	const root = await findRoot();
	if (root === undefined) {
		t.pass("no guest root", { skip: "there is no guest root, whose headers are wanted" });
		return;
	}
	const headers = [`--sysroot=${root.path}`, `-I${root.path}/opt/libfuse/include`, "-D_FILE_OFFSET_BITS=64"];
	const options = { cwd, reject: false, all: true, timeout: 300_000 } as const;
	const compiled = await execa("clang", ["-fsyntax-only", ...WARNINGS, ...headers, ...sources], options);
	t.equal(compiled.exitCode, 0, "clang", { output: compiled.all.split("\n").slice(0, 30) });
	const read = await execa("clang-tidy", ["--quiet", ...sources, "--", "-std=gnu17", ...headers], options);
	t.equal(read.exitCode, 0, "clang-tidy", { output: read.all.split("\n").slice(0, 30) });
});
