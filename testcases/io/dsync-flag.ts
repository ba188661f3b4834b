import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, RWF } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** RWF_DSYNC makes one write durable. */
export const testCase = defineCase({
	name: "io/dsync-flag",
	proves: "After pwritev2(2) with RWF_DSYNC the store has the bytes, before any fsync or close.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter; fs/sync.c:vfs_fsync_range (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		for (const flags of [RWF.dsync, RWF.sync, RWF.dsync | RWF.sync]) {
			const bytes = patternOf(flags, 5000);
			await client.write(fd, bytes, 0, { flags });
			sameBytes(t, await readFile(`${lab.behind}/file`), bytes, `with flags ${flags} they are stored`);
		}
	},
});
