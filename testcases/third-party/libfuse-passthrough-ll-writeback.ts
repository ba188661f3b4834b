import { defineCase } from "../case.ts";
import { runLibfuseTests } from "../lib/libfuse-suite.ts";

/** The cell's own server is mounted and has nothing to do: these tests bring libfuse's, and the store lies behind them. */
export const testCase = defineCase({
	name: "third-party/libfuse-passthrough-ll-writeback",
	proves:
		"Tests of libfuse's own, of its server passthrough_ll with a write-back cache, pass, test_syscalls among them.",
	decidedIn: "fs/fuse/dir.c:fuse_lookup, 7.3.4",
	negativeControl: "truncate-ignored",
	needs: ["libfuse-tests", "libfuse-transport"],
	timeoutMs: 120_000,
	check: async (t, lab) =>
		await runLibfuseTests(t, lab, {
			patterns: ["examples/passthrough-ll-writeback*"],
			// A file that is written in the tick of its creation has two times (coherence/write-back-mtime); with ticks of 10 ms
			// they are further apart than these tests allow, about every other time.
			tries: 8,
			triedFor: /fuse_test_passthrough: st_mtime differs$/m,
		}),
});
