import { constants } from "node:fs";
import { stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Sizes and offsets beyond 32 bits. */
export const testCase = defineCase({
	name: "limits/sparse-terabyte",
	proves: "Bytes written behind 4 GiB and behind 1 TiB are in their places, and between them are holes.",
	decidedIn: "fs/fuse/file.c:fuse_send_write, fuse_do_readfolio (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const places = [2 ** 31 - 1, 2 ** 32 - 1, 2 ** 40 + 5];
		for (const place of places) await client.write(fd, patternOf(place % 1000, 5000), place);
		await client.sync(fd);
		await dropCaches();
		t.equal((await stat(`${lab.mount}/file`)).size, 2 ** 40 + 5005, "the size is right");
		for (const place of places)
			sameBytes(t, await client.read(fd, 5000, place), patternOf(place % 1000, 5000), `the bytes at ${place}`);
		sameBytes(t, await client.read(fd, 5000, 2 ** 33), Buffer.alloc(5000), "a hole is zeros");
		t.ok((await stat(`${lab.behind}/file`)).blocks * 512 < 1 << 20, "the store has holes");
	},
});
