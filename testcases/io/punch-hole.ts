import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, FALLOC } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** What is cached of the range must go, and what stands beside it must stay. */
export const testCase = defineCase({
	name: "io/punch-hole",
	proves: "A hole punched across page borders reads as zeros at once, and not a byte beside it changes.",
	decidedIn: "fs/fuse/file.c:fuse_file_fallocate, fuse_write_update_attr (Linux 7.3)",
	negativeControl: "fallocate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(3, 16 * 4096);
		await client.write(fd, wanted, 0);
		for (const [start, length] of [
			[4096, 4096],
			[3 * 4096 - 1, 2],
			[5 * 4096 + 7, 3 * 4096],
			[15 * 4096 + 1, 4095],
		] as const) {
			await client.fallocate(fd, FALLOC.punchHole | FALLOC.keepSize, start, length);
			wanted.fill(0, start, start + length);
			sameBytes(t, await client.read(fd, wanted.length, 0), wanted, `${length} bytes at ${start} are zeros`);
		}
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "in the store too");
	},
});
