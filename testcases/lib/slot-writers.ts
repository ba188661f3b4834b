/** Sixteen processes that write slots of one file in turns, and a model that knows each slot's last writer. */
import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import type { Test } from "tap";
import type { Lab } from "../case.ts";
import { dropCaches } from "./caches.ts";
import { Client } from "./client.ts";
import { patternOf } from "./pattern.ts";
import { sha256 } from "./same-bytes.ts";

const WRITERS = 16;
const TURNS = 6;
const SLOTS = 3 * WRITERS;

/** In one turn every writer has a slot of its own; over the turns each slot has several. */
const slotOf = (writer: number, turn: number): number => (turn * WRITERS + ((writer * 7 + turn) % WRITERS)) % SLOTS;
const seedOf = (writer: number, turn: number): number => writer * 100 + turn + 1;

/** Asserts that mount and store have in every slot what was written there last. `flags` are added to open(2)'s. */
export const checkSlotWriters = async (t: Test, lab: Lab, slotBytes: number, flags: number): Promise<void> => {
	const path = `${lab.mount}/file`;
	await writeFile(path, "");
	const clients = Array.from({ length: WRITERS }, () => Client.start());
	const last = new Map<number, number>();
	try {
		const fds = await Promise.all(clients.map(async (client) => await client.open(path, constants.O_RDWR | flags)));
		const write = async (writer: number, turn: number): Promise<void> => {
			last.set(slotOf(writer, turn), seedOf(writer, turn));
			const bytes = patternOf(seedOf(writer, turn), slotBytes);
			await clients[writer]?.write(fds[writer] ?? -1, bytes, slotOf(writer, turn) * slotBytes);
		};
		for (let turn = 0; turn < TURNS; turn += 1)
			await Promise.all(clients.map(async (_, writer) => await write(writer, turn)));
		await clients[0]?.sync(fds[0] ?? -1);
	} finally {
		for (const client of clients) await client[Symbol.asyncDispose]();
	}
	const wrongIn = (file: Buffer): readonly number[] =>
		[...last].flatMap(([slot, seed]) => {
			const found = file.subarray(slot * slotBytes, (slot + 1) * slotBytes);
			return sha256(found) === sha256(patternOf(seed, slotBytes)) ? [] : [slot];
		});
	t.equal(last.size, SLOTS, "every slot was written");
	t.same(wrongIn(await readFile(`${lab.behind}/file`)), [], "the store has every slot right");
	await dropCaches();
	t.same(wrongIn(await readFile(path)), [], "the mount too");
};
