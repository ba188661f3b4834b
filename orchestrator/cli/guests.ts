/** How many guests this host can carry side by side, and what is known of the cells that they share. */
import os from "node:os";
import path from "node:path";
import { learnDurations, readDurations } from "../archive/durations.ts";
import type { Cell, MachineSpec } from "../domain/cell.ts";
import type { CellRecord } from "../domain/run.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { squareOf } from "../runner/killers.ts";

/** QEMU takes some memory of its own besides the guest's. */
const MEMORY_OF_A_GUEST = 1.25;

/** One guest for each CPU of the host, where memory allows. */
export const guestsThatFit = ({ memoryMiB }: MachineSpec): number =>
	Math.max(
		1,
		Math.min(os.availableParallelism(), Math.floor(os.freemem() / 2 ** 20 / (memoryMiB * MEMORY_OF_A_GUEST))),
	);

/** Remembers what passing cells take on a kind of machine. */
export const openDurations = async ({ kind }: MachineSpec) => {
	const file = path.join(await ensureFolder(folders.state()), "durations.json");
	const known = await readDurations(file);
	const learnt = new Map<string, number>();
	const key = (cell: Cell): string => `${kind}/${squareOf(cell)}`;
	return {
		secondsOf: (cell: Cell): number | undefined => known.get(key(cell)),
		learn: ({ cell, verdict, seconds, sharedWith }: CellRecord): void => {
			if (verdict.outcome === "pass" && sharedWith === undefined)
				learnt.set(key(cell), Math.round(seconds * 1000) / 1000);
		},
		save: async (): Promise<void> => await learnDurations(file, learnt),
	};
};
