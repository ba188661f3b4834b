import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { directStepBytes } from "../lib/direct-step.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The pages of the client's memory are cut at their borders, not at the request's. */
export const testCase = defineCase({
	name: "io/direct-unaligned-memory",
	proves: "Direct reads and writes of memory that starts anywhere in a page move exactly their bytes.",
	decidedIn: "fs/fuse/file.c:fuse_get_user_pages (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT);
		const step = directStepBytes(lab.store);
		for (const skew of step === 1 ? [1, 511, 512, 2048, 4095] : [512, 2048, 3584]) {
			const bytes = patternOf(skew, 16 * 4096);
			t.equal(await client.write(fd, bytes, 0, { skew }), bytes.length, `${skew} bytes into a page: all is taken`);
			sameBytes(t, await readFile(`${lab.behind}/file`), bytes, "the store has it");
			sameBytes(t, await client.read(fd, bytes.length, 0, { skew }), bytes, "and it reads back");
		}
	},
});
