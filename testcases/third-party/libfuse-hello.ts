import { defineCase } from "../case.ts";
import { runLibfuseTests } from "../lib/libfuse-suite.ts";

/** The cell's own server is mounted and has nothing to do: these tests bring libfuse's. */
export const testCase = defineCase({
	name: "third-party/libfuse-hello",
	proves:
		"Tests of libfuse's own, of its hello servers of the high-level interface, pass: started by hand, by mount.fuse3, without privileges.",
	decidedIn: "fs/fuse/inode.c:fuse_fill_super_common, 7.3.4",
	negativeControl: "exit-status",
	needs: ["libfuse-tests", "libfuse-transport"],
	timeoutMs: 120_000,
	check: async (t, lab) =>
		await runLibfuseTests(t, lab, { patterns: ["examples/hello-[dm]*", "examples/test-hello-*"] }),
});
