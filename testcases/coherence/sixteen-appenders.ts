import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";

/** The end of the file moves under each of them. */
export const testCase = defineCase({
	name: "coherence/sixteen-appenders",
	proves: "Sixteen processes that append records to one file lose none and tear none.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter, fuse_dio_wr_exclusive_lock (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 30_000,
	async check(t, lab) {
		const [writers, records, length] = [16, 8, 100];
		const recordOf = (writer: number, record: number): string => `${writer}:${record}:`.padEnd(length, "abcdefghij");
		await writeFile(`${lab.mount}/file`, "");
		await Promise.all(
			Array.from({ length: writers }, async (_, writer) => {
				await using client = Client.start();
				const fd = await client.open(`${lab.mount}/file`, constants.O_WRONLY | constants.O_APPEND);
				for (let record = 0; record < records; record += 1)
					await client.write(fd, Buffer.from(recordOf(writer, record)), 0);
				await client.close(fd);
			}),
		);
		const text = await readFile(`${lab.behind}/file`, "latin1");
		const found = Array.from({ length: text.length / length }, (_, at) => text.slice(at * length, (at + 1) * length));
		const wanted = Array.from({ length: writers * records }, (_, at) =>
			recordOf(Math.floor(at / records), at % records),
		);
		t.equal(found.length, wanted.length, "there are as many as were written");
		t.same(
			found.sort().filter((record, at) => record !== wanted.sort()[at]),
			[],
			"and each is whole",
		);
	},
});
