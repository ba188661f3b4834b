import { defineCase } from "../case.ts";
import { runStressors } from "../lib/stress-ng.ts";

/**
 * Left out: `dirmany` (it fills a folder as long as it may, and then takes longer still to empty it), `link` and `symlink`
 * (8192 links each before they look at the clock; `third-party/test-syscalls` makes links).
 */
export const testCase = defineCase({
	name: "third-party/stress-ng-names",
	proves: "Stressors of names, of stress-ng, pass: folders deep and full, renames, long names, listings.",
	decidedIn: "fs/fuse/dir.c:fuse_rename2, 7.3.4",
	negativeControl: {
		own: "It wants no error of any call, and the kernel answers from its own names: of the shim's lies rename-ignored and unlink-ignored went unnoticed.",
	},
	timeoutMs: 110_000,
	check: async (t, lab) =>
		await runStressors(t, lab, {
			dentry: ["--dentries", "256"],
			dir: ["--dir-dirs", "256"],
			dirdeep: ["--dirdeep-inodes", "500"],
			filename: [],
			getdent: [],
			open: [],
			rename: [],
			touch: [],
			unlink: [],
		}),
});
