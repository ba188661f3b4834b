import { defineCase } from "../case.ts";
import { linesOn, runXfstests } from "../lib/xfstests.ts";

/** Tests that fail on every FUSE server are the user's to exclude: which they are depends on the version of xfstests. */
export const testCase = defineCase({
	name: "third-party/xfstests",
	proves:
		"Tests of the user's xfstests, generic/quick unless the config names others, pass on servers like the cell's.",
	decidedIn: "fs/fuse/file.c:fuse_file_write_iter, 7.3.4",
	negativeControl: "write-data",
	needs: ["own-server", "xfstests"],
	timeoutMs: 3_600_000,
	check: async (t, lab) => {
		const { passed, failed, notRun, output, status } = await runXfstests(lab);
		t.ok(passed.length + failed.length > 0, "it ran tests", { output: output.slice(-4000) });
		for (const name of passed) t.pass(name);
		for (const name of failed) t.fail(name, { output: linesOn(output, name).slice(0, 4000) });
		for (const name of notRun) t.comment(`not run: ${linesOn(output, name).trim()}`);
		t.equal(status, 0, "its own verdict", { output: output.slice(-1000) });
	},
});
