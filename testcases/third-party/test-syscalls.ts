import { LIBFUSE_TESTS } from "../../orchestrator/domain/third-party.ts";
import { defineCase } from "../case.ts";
import { contained } from "../lib/contained.ts";

/** It goes on without a word where O_TMPFILE is not supported. */
const MAY_BE_MISSING = /\[create tmpfile\]$/;
/** What `-u` looks at again at the end, without a word on each. */
const LOOKED_AT_AGAIN = /\[check_unlinked_testfile\]$/;

/** From lines such as `+   0.012s   3 [symlink] OK`, and the same with START. */
const namesOf = (output: string, word: string): readonly string[] =>
	[...output.matchAll(new RegExp(`^\\+ *[\\d.]+s +(\\d+ \\[.*\\]) ${word}$`, "gm"))]
		.map(([, name = ""]) => name)
		.filter((name) => !LOOKED_AT_AGAIN.test(name));

/**
 * On the mount alone: with the store beside it (`:DIR`) the program makes files there and wants to see them at once, which
 * a server that lets the kernel keep names for a second does not promise.
 */
export const testCase = defineCase({
	name: "third-party/test-syscalls",
	proves:
		"The program test_syscalls of libfuse passes on this mount, and unlinked files that are open stay what they were.",
	decidedIn: "fs/fuse/dir.c:fuse_create_open, 7.3.4",
	negativeControl: "truncate-ignored",
	needs: ["libfuse-tests"],
	timeoutMs: 60_000,
	check: async (t, { run, mount }) => {
		const { status, stderr } = await run(...contained(`${LIBFUSE_TESTS}/test/test_syscalls`, mount, "-u"));
		const begun = namesOf(stderr, "START");
		const passed = new Set(namesOf(stderr, "OK"));
		t.ok(begun.length >= 60, `it made ${begun.length} tests`);
		for (const name of begun) {
			const said = stderr.split("\n").filter((line) => line.includes(name));
			const mayPass = MAY_BE_MISSING.test(name) && said.length === 1;
			t.ok(passed.has(name) || mayPass, name, { output: said.join("\n") });
		}
		t.equal(status, 0, "its own verdict", { output: stderr.slice(-2000) });
	},
});
