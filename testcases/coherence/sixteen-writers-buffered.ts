import { defineCase } from "../case.ts";
import { checkSlotWriters } from "../lib/slot-writers.ts";

/** Slots that begin and end inside pages: two writers share a page, and neither may bring back the other's old bytes. */
export const testCase = defineCase({
	name: "coherence/sixteen-writers-buffered",
	proves: "Sixteen processes that write slots of one file by the page cache leave in each what its last writer wrote.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 30_000,
	async check(t, lab) {
		await checkSlotWriters(t, lab, 3000, 0);
	},
});
