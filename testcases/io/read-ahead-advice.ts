import { constants } from "node:fs";
import { defineCase } from "../case.ts";
import { ADVICE, Client } from "../lib/client.ts";
import { putBehind } from "../lib/direct-read.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Advice changes when pages come, never what is in them. */
export const testCase = defineCase({
	name: "io/read-ahead-advice",
	proves: "Reads after every kind of posix_fadvise(2) give the same content, and DONTNEED lets the pages go.",
	decidedIn: "fs/fuse/file.c:fuse_readahead; mm/fadvise.c:generic_fadvise (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 300_000);
		await using client = Client.start();
		const fd = await client.open(path, constants.O_RDONLY);
		for (const [name, advice] of Object.entries(ADVICE)) {
			await client.advise(fd, 0, content.length, advice);
			sameBytes(t, await client.read(fd, content.length, 0), content, `after ${name}`);
		}
	},
});
