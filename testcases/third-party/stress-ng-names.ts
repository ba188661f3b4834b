import { defineCase } from "../case.ts";
import { runStressors } from "../lib/stress-ng.ts";

/** Left out: `dirmany` (it fills a folder as long as it may, and then takes longer still to empty it). */
export const testCase = defineCase({
	name: "third-party/stress-ng-names",
	proves: "Stressors of names, of stress-ng, pass: folders deep and full, links, renames, long names, listings.",
	decidedIn: "fs/fuse/dir.c:fuse_rename2, 7.3.4",
	negativeControl: "rename-ignored",
	timeoutMs: 110_000,
	check: async (t, lab) =>
		await runStressors(t, lab, {
			dentry: ["--dentries", "256"],
			dir: ["--dir-dirs", "256"],
			dirdeep: ["--dirdeep-inodes", "500"],
			filename: [],
			getdent: [],
			link: [],
			open: [],
			rename: [],
			symlink: [],
			touch: [],
			unlink: [],
		}),
});
