import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, FALLOC } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The store decides whether it knows such a mode. */
export const testCase = defineCase({
	name: "io/zero-range",
	proves:
		"ZERO_RANGE makes the range zeros where the store knows it, and is refused as the store refuses it where not.",
	decidedIn: "fs/fuse/file.c:fuse_file_fallocate (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const [behind, fd] = [
			await client.open(`${lab.behind}/other`, constants.O_RDWR | constants.O_CREAT),
			await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT),
		];
		const outcomeOf = async (file: number): Promise<string | undefined> =>
			await client.fallocate(file, FALLOC.zeroRange, 4000, 5000).then(
				() => "done",
				(error: NodeJS.ErrnoException) => error.code,
			);
		const wanted = patternOf(21, 20_000);
		await client.write(behind, wanted, 0);
		await client.write(fd, wanted, 0);
		await client.sync(fd);
		const store = await outcomeOf(behind);
		t.equal(await outcomeOf(fd), store, `as the store itself (${store})`);
		if (store === "done") wanted.fill(0, 4000, 9000);
		sameBytes(t, await client.read(fd, 20_000, 0), wanted, "the client sees it");
		await client.sync(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has it");
	},
});
