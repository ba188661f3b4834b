import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { directStepBytes } from "../lib/direct-step.ts";
import { patternOf } from "../lib/pattern.ts";
import { readAt, writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A direct write above max_write takes more than one request; none may be lost or overlap. */
export const testCase = defineCase({
	name: "io/max-write-borders-direct",
	proves: "O_DIRECT writes and reads just below, at and just above max_write move exactly their bytes.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const step = directStepBytes(lab.store);
		const memory = alignedBuffer(lab.maxWrite + step);
		for (const length of [lab.maxWrite - step, lab.maxWrite, lab.maxWrite + step]) {
			const wanted = patternOf(length, length);
			const flags = constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT;
			await using file = await open(`${lab.mount}/${length}`, flags, 0o600);
			wanted.copy(memory);
			await writeAt(file, memory.subarray(0, length), 0);
			sameBytes(t, await readFile(`${lab.behind}/${length}`), wanted, `${length} bytes are stored`);
			memory.fill(0);
			sameBytes(t, await readAt(file, memory.subarray(0, length), 0), wanted, `${length} bytes read back`);
			await file.close();
		}
	},
});
