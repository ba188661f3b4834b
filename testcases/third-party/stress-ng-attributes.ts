import { defineCase } from "../case.ts";
import { runStressors } from "../lib/stress-ng.ts";

export const testCase = defineCase({
	name: "third-party/stress-ng-attributes",
	proves: "Stressors of attributes, of stress-ng, pass: mode, owner, times, extended attributes, access.",
	decidedIn: "fs/fuse/dir.c:fuse_setattr, 7.3.4",
	negativeControl: "chmod-ignored",
	timeoutMs: 110_000,
	check: async (t, lab) =>
		await runStressors(t, lab, {
			access: [],
			chmod: [],
			chown: [],
			"file-ioctl": [],
			fstat: [],
			utime: [],
			xattr: [],
		}),
});
