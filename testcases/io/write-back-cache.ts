import { constants } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf, shuffled } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Dirty pages live in the kernel until somebody asks. */
export const testCase = defineCase({
	name: "io/write-back-cache",
	proves:
		"With a write-back cache written bytes are read at once, and are in the store after fsync, close of all, or unmount.",
	decidedIn: "fs/fuse/file.c:fuse_writepages, fuse_fsync, fuse_flush (Linux 7.3)",
	negativeControl: { own: "The store is compared with what was written." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { writeback: "yes" });
		await using client = Client.start();
		const wanted = patternOf(6, 50_000);
		const fd = await client.open(`${server.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		for (const piece of shuffled(6, 50))
			await client.write(fd, wanted.subarray(piece * 1000, piece * 1000 + 1000), piece * 1000);
		sameBytes(t, await client.read(fd, 50_000, 0), wanted, "it reads back at once");
		t.equal((await stat(`${server.mount}/file`)).size, 50_000, "the size is right at once");
		await client.sync(fd);
		sameBytes(t, await readFile(`${server.behind}/file`), wanted, "after fsync it is in the store");
		await client.write(fd, Buffer.from("last"), 49_998);
		await client.close(fd);
		t.equal(await server.umount(), 0, "it unmounts");
		t.equal(await server.end(), "status 0", "the server ends");
		const stored = await readFile(`${server.behind}/file`);
		t.equal(stored.subarray(49_998).toString(), "last", "after the unmount the rest is too");
	},
});
