import { defineCase } from "../case.ts";
import { runLibfuseTests } from "../lib/libfuse-suite.ts";

/** The cell's own server is mounted and has nothing to do: these tests bring libfuse's, and the store lies behind them. */
export const testCase = defineCase({
	name: "third-party/libfuse-passthrough-ll",
	proves: "Tests of libfuse's own, of its server passthrough_ll, pass, test_syscalls among them.",
	decidedIn: "fs/fuse/dir.c:fuse_lookup, 7.3.4",
	negativeControl: "truncate-ignored",
	needs: ["libfuse-tests", "libfuse-transport"],
	timeoutMs: 120_000,
	check: async (t, lab) =>
		await runLibfuseTests(t, lab, { patterns: ["examples/passthrough-ll", "examples/passthrough-ll-debug"] }),
});
