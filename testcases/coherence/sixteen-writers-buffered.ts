import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sha256 } from "../lib/same-bytes.ts";

/** Every writer knows its slots, and the sums know the writers. */
export const testCase = defineCase({
	name: "coherence/sixteen-writers-buffered",
	proves:
		"Sixteen processes that write slots of one file, by the page cache with slots that share pages, leave in each slot what its last writer wrote.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 30_000,
	async check(t, lab) {
		const [writers, turns, slot] = [16, 6, 3000];
		await writeFile(`${lab.mount}/file`, "");
		const slotOf = (writer: number, turn: number): number =>
			(turn * writers + ((writer * 7 + turn) % writers)) % (writers * 3);
		const model = new Map<number, number>();
		const lockstep = async (clients: readonly (readonly [Client, number])[], turn: number): Promise<void> => {
			await Promise.all(
				clients.map(async ([client, fd], writer) => {
					const at = slotOf(writer, turn);
					model.set(at, writer * 100 + turn);
					await client.write(fd, patternOf(writer * 100 + turn, slot), at * slot);
				}),
			);
		};
		const start = async (): Promise<readonly [Client, number]> => {
			const client = Client.start();
			return [client, await client.open(`${lab.mount}/file`, constants.O_RDWR)];
		};
		const clients = await Promise.all(Array.from({ length: writers }, start));
		try {
			for (let turn = 0; turn < turns; turn += 1) await lockstep(clients, turn);
			for (const [client, fd] of clients) await client.sync(fd);
		} finally {
			for (const [client] of clients) await client[Symbol.asyncDispose]();
		}
		const wrongIn = (file: Buffer): readonly number[] =>
			[...model]
				.filter(([at, seed]) => sha256(file.subarray(at * slot, (at + 1) * slot)) !== sha256(patternOf(seed, slot)))
				.map(([at]) => at);
		t.equal(model.size, writers * 3, "every slot was written");
		t.same(wrongIn(await readFile(`${lab.behind}/file`)), [], "the store has every slot right");
		await dropCaches();
		t.same(wrongIn(await readFile(`${lab.mount}/file`)), [], "the mount too");
	},
});
