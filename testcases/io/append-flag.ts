import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, RWF } from "../lib/client.ts";

/** RWF_APPEND appends for one call. */
export const testCase = defineCase({
	name: "io/append-flag",
	proves: "pwritev2(2) with RWF_APPEND writes at the end whatever its offset says, and a write without it does not.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter; include/linux/fs.h:kiocb_set_rw_flags (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		await client.write(fd, Buffer.from("0123456789"), 0);
		await client.write(fd, Buffer.from("end"), 2, { flags: RWF.append });
		await client.write(fd, Buffer.from("ab"), 2);
		await client.sync(fd);
		t.equal(await readFile(`${lab.behind}/file`, "latin1"), "01ab456789end", "each is in its place");
	},
});
