import { defineCase } from "../case.ts";
import { runStressors } from "../lib/stress-ng.ts";

export const testCase = defineCase({
	name: "third-party/stress-ng-locks",
	proves: "Stressors of locks, of stress-ng, pass: flock, POSIX and open-file-description locks, each holder alone.",
	decidedIn: "fs/fuse/file.c:fuse_file_lock, 7.3.4",
	negativeControl: "lock-ignored",
	timeoutMs: 110_000,
	check: async (t, lab) =>
		await runStressors(t, lab, { fcntl: [], flock: [], locka: [], lockf: [], lockmix: [], lockofd: [] }),
});
