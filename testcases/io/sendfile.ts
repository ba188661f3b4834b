import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { putBehind } from "../lib/direct-read.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** sendfile(2) is a splice through a pipe inside the kernel. */
export const testCase = defineCase({
	name: "io/sendfile",
	proves: "sendfile(2) from the mount, into it, and inside it copies the bytes.",
	decidedIn: "fs/fuse/file.c:fuse_splice_read, fuse_splice_write (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 50_001);
		await using client = Client.start();
		const from = await client.open(path, constants.O_RDONLY);
		const outside = await client.open(`${lab.behind}/outside`, constants.O_RDWR | constants.O_CREAT);
		const inside = await client.open(`${lab.mount}/inside`, constants.O_RDWR | constants.O_CREAT);
		const sendAll = async (to: number, source: number): Promise<void> => {
			for (let done = 0, some = 1; some > 0; done += some) some = await client.sendfile(to, source, done, 1 << 20);
		};
		await sendAll(outside, from);
		sameBytes(t, await readFile(`${lab.behind}/outside`), content, "out of the mount");
		await sendAll(inside, from);
		await client.sync(inside);
		sameBytes(t, await readFile(`${lab.behind}/inside`), content, "from file to file in the mount");
	},
});
