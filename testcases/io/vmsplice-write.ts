import { defineCase } from "../case.ts";
import { checkSpliceWrites } from "../lib/splice-writes.ts";

/** The pages of the pipe stay the client's. */
export const testCase = defineCase({
	name: "io/vmsplice-write",
	proves: "A pipe that holds the client's own pages, spliced into a file, is stored byte for byte.",
	decidedIn: "fs/fuse/file.c:fuse_splice_write (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await checkSpliceWrites(t, lab, "vmsplice");
	},
});
