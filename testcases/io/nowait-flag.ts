import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, RWF } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The kernel knows beforehand that it would have to wait for the server. */
export const testCase = defineCase({
	name: "io/nowait-flag",
	proves: "preadv2(2) and pwritev2(2) with RWF_NOWAIT are refused, and nothing is read or written.",
	decidedIn: "fs/fuse/file.c:fuse_file_open; fs/read_write.c:kiocb_set_rw_flags (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		await client.write(fd, patternOf(6, 4096), 0);
		await client.sync(fd);
		await t.rejects(client.write(fd, Buffer.alloc(10), 0, { flags: RWF.nowait }), { code: "ENOTSUP" }, "the write");
		await t.rejects(client.read(fd, 10, 0, { flags: RWF.nowait }), { code: "ENOTSUP" }, "the read");
		sameBytes(t, await readFile(`${lab.behind}/file`), patternOf(6, 4096), "the store is as it was");
	},
});
