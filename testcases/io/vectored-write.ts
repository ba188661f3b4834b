import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { directStepBytes } from "../lib/direct-step.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A write of many pieces is one stream of bytes. */
export const testCase = defineCase({
	name: "io/vectored-write",
	proves: "pwritev(2) of up to 64 pieces of odd lengths stores them one after the other, buffered and direct.",
	decidedIn: "fs/fuse/file.c:fuse_fill_write_pages, fuse_get_user_pages (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const step = directStepBytes(lab.store);
		const direct = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_DIRECT);
		for (const pieces of [2, 7, 64]) {
			const bytes = patternOf(pieces, 64 * 1024);
			t.equal(await client.write(fd, bytes, 0, { pieces }), bytes.length, `${pieces} pieces are taken`);
			await client.sync(fd);
			sameBytes(t, await readFile(`${lab.behind}/file`), bytes, `${pieces} pieces, buffered`);
			const even = step === 1 ? pieces : 16;
			await client.write(direct, patternOf(pieces + 1, 64 * 1024), 0, { pieces: even });
			sameBytes(t, await readFile(`${lab.behind}/file`), patternOf(pieces + 1, 64 * 1024), `${even} pieces, direct`);
		}
	},
});
