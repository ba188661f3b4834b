import { defineCase } from "../case.ts";
import { runLibfuseTests } from "../lib/libfuse-suite.ts";

const UNPRIVILEGED = "needs to run as non-root";

/** The cell's own server is mounted and has nothing to do: these tests bring libfuse's. */
export const testCase = defineCase({
	name: "third-party/libfuse-mount",
	proves: "Tests of libfuse's own, of mount options, pass: what was asked for stands in the mount table.",
	decidedIn: "fs/fuse/inode.c:fuse_show_options, 7.3.4",
	negativeControl: "exit-status",
	needs: ["libfuse-tests", "libfuse-transport"],
	timeoutMs: 120_000,
	check: async (t, lab) =>
		await runLibfuseTests(t, lab, {
			patterns: ["mount/*[!l]"],
			skips: { "mount/mountpoint-symlink-parent": UNPRIVILEGED, "mount/mountpoint-validation": UNPRIVILEGED },
		}),
});
