import { constants } from "node:fs";
import { defineCase } from "../case.ts";
import { checkSlotWriters } from "../lib/slot-writers.ts";

/** Writes inside the file go side by side, those that make it longer one by one. */
export const testCase = defineCase({
	name: "coherence/sixteen-writers-direct",
	proves:
		"Sixteen processes that write slots of one file past the page cache leave in each what its last writer wrote.",
	decidedIn: "fs/fuse/file.c:fuse_direct_write_iter, fuse_dio_wr_exclusive_lock (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 30_000,
	async check(t, lab) {
		await checkSlotWriters(t, lab, 8192, constants.O_DIRECT);
	},
});
