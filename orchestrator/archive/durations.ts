/** What cells took when they last passed, kept between runs; losing it costs time only. */
import { z } from "zod";
import { readIfThere, writeAtomically } from "../host/files.ts";

const shape = z.object({ version: z.literal(1), seconds: z.record(z.string(), z.number()) });

/** Squares of old configs would pile up. */
const MOST = 5000;

export type Durations = ReadonlyMap<string, number>;

/** Reads the memory; nothing is known where the file is missing or damaged. */
export const readDurations = async (file: string): Promise<Durations> => {
	const text = await readIfThere(file);
	try {
		return new Map(Object.entries(shape.parse(JSON.parse(text ?? "")).seconds));
	} catch {
		return new Map();
	}
};

/** Adds what a run taught; another run may have written meanwhile, and what it learnt stays. */
export const learnDurations = async (file: string, learnt: Durations): Promise<void> => {
	const known = await readDurations(file);
	const others = [...known].filter(([square]) => !learnt.has(square));
	const seconds = Object.fromEntries([...others, ...learnt].slice(-MOST));
	await writeAtomically(file, `${JSON.stringify({ version: 1, seconds } satisfies z.infer<typeof shape>)}\n`);
};
