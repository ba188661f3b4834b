import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The ranges must not touch. */
export const testCase = defineCase({
	name: "io/copy-range-in-one-file",
	proves: "copy_file_range(2) inside one file copies ranges apart, and is EINVAL for ranges that overlap.",
	decidedIn: "fs/fuse/file.c:__fuse_copy_file_range; fs/read_write.c:generic_copy_file_checks (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(10, 40_000);
		await client.write(fd, wanted, 0);
		for (let done = 0; done < 10_000; ) done += await client.copyRange(fd, done, fd, 20_001 + done, 10_000 - done);
		wanted.copy(wanted, 20_001, 0, 10_000);
		await t.rejects(client.copyRange(fd, 0, fd, 100, 1000), { code: "EINVAL" }, "an overlap is refused");
		sameBytes(t, await client.read(fd, 50_000, 0), wanted, "the client sees the copy alone");
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store too");
	},
});
