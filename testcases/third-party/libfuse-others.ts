import { defineCase } from "../case.ts";
import { runLibfuseTests } from "../lib/libfuse-suite.ts";

/** The cell's own server is mounted and has nothing to do: these tests bring libfuse's. */
export const testCase = defineCase({
	name: "third-party/libfuse-others",
	proves: "The rest of libfuse's own tests passes: ioctl, poll, a write-back cache, signals, a file as a mount point.",
	decidedIn: "fs/fuse/ioctl.c:fuse_do_ioctl, 7.3.4",
	negativeControl: "exit-status",
	needs: ["libfuse-tests", "libfuse-transport"],
	timeoutMs: 120_000,
	check: async (t, lab) =>
		await runLibfuseTests(t, lab, {
			patterns: [
				"ctests/*",
				"misc/*",
				"unit/*",
				...["cuse", "dev-*", "ioctl*", "null", "poll", "release-*"].map((name) => `examples/${name}`),
			],
			skips: {
				"examples/dev-auto-unmount-nonroot": "needs to run as non-root",
				// The source of 3.18.3 has this test, and not the server for it.
				"examples/ioctl-ll": "example/ioctl_ll not built",
			},
			leftOut: { "examples/cuse": "the guest's kernel has no CUSE" },
		}),
});
