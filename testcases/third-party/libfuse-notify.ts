import { defineCase } from "../case.ts";
import { runLibfuseTests } from "../lib/libfuse-suite.ts";

/** The source of 3.18.3 has these tests, and not the server for them. */
const NOT_THERE = "notify_prune not built";

/**
 * The cell's own server is mounted and has nothing to do: these tests bring libfuse's. Those servers change their files once a
 * second, and a test that a slow machine has not done with the old state by then fails ("vanished twice in a row"; a notification
 * that meets the unmount ends `invalidate_path` by an assertion of its own). What fails is therefore tried again, twice.
 */
export const testCase = defineCase({
	name: "third-party/libfuse-notify",
	proves: "Tests of libfuse's own, of notifications, pass: what a server invalidates, stores or prunes, a client sees.",
	decidedIn: "fs/fuse/dev.c:fuse_notify, 7.3.4",
	negativeControl: "exit-status",
	needs: ["libfuse-tests", "libfuse-transport"],
	timeoutMs: 120_000,
	check: async (t, lab) =>
		await runLibfuseTests(t, lab, {
			patterns: ["notify/*"],
			tries: 3,
			skips: { "notify/prune": NOT_THERE, "notify/prune-no-notify": NOT_THERE },
		}),
});
