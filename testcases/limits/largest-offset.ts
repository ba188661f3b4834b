import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Offsets are counted to 2^63 - 1 by the kernel, and no further by the store. */
export const testCase = defineCase({
	name: "limits/largest-offset",
	proves: "Reading near the largest offset gives nothing, a negative size is EINVAL, and the file stays as it was.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io, fuse_cache_read_iter; fs/fuse/inode.c:fuse_fill_super_common (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		await client.write(fd, patternOf(1, 100), 0);
		const last = 2 ** 63 - 4096;
		t.equal((await client.read(fd, 10, last)).length, 0, "a buffered read");
		const direct = await client.open(`${lab.mount}/file`, constants.O_RDONLY | constants.O_DIRECT);
		t.equal((await client.read(direct, 512, last)).length, 0, "a direct read");
		await t.rejects(client.truncate(fd, -1), { code: "EINVAL" }, "a negative size");
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), patternOf(1, 100), "the file is as it was");
	},
});
