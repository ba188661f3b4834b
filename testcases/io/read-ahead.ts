import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { putBehind } from "../lib/direct-read.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Pages are asked for before they are wanted, in the background. */
export const testCase = defineCase({
	name: "io/read-ahead",
	proves: "Small sequential reads of a cold file give its content, also when they jump ahead and back.",
	decidedIn: "fs/fuse/file.c:fuse_readahead (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 1_300_001);
		await using client = Client.start();
		const fd = await client.open(path, constants.O_RDONLY);
		const wrong: number[] = [];
		const check = async (at: number, length: number): Promise<void> => {
			if (!(await client.read(fd, length, at)).equals(content.subarray(at, at + length))) wrong.push(at);
		};
		for (let at = 0; at < 400_000; at += 5000) await check(at, 5000);
		for (const at of [1_200_000, 700_000, 705_000, 710_000, 10, 1_299_000]) await check(at, 5000);
		t.same(wrong, [], "every read is right");
		sameBytes(t, await readFile(path), content, "and so is the file");
	},
});
