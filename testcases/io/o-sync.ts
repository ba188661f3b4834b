import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** O_SYNC and O_DSYNC make every write durable. */
export const testCase = defineCase({
	name: "io/o-sync",
	proves: "What was written through an O_SYNC or O_DSYNC descriptor is in the store when write(2) returns.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter; fs/sync.c:generic_write_sync (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		for (const [name, flag] of [
			["sync", constants.O_SYNC],
			["dsync", constants.O_DSYNC],
		] as const) {
			await using file = await open(`${lab.mount}/${name}`, constants.O_RDWR | constants.O_CREAT | flag, 0o600);
			for (const length of [1, 4095, 4097, 70_000]) {
				await writeAt(file, patternOf(length, length), 0);
				const stored = (await readFile(`${lab.behind}/${name}`)).subarray(0, length);
				sameBytes(t, stored, patternOf(length, length), `${name}: ${length} bytes`);
			}
		}
	},
});
