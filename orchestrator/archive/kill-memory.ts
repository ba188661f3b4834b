/** What hunts for mutants taught, kept between hunts; losing it costs time only. */
import { z } from "zod";
import type { KillMemory } from "../domain/mutant.ts";
import { readIfThere, writeAtomically } from "../host/files.ts";

const memoryShape = z.object({
	version: z.literal(1),
	killers: z.record(z.string(), z.string()),
	squares: z.record(z.string(), z.object({ kills: z.number(), seconds: z.number().nullable() })),
});

const NOTHING: KillMemory = { killers: {}, squares: {} };

/** Reads the memory; nothing is known where the file is missing or damaged. */
export const readKillMemory = async (file: string): Promise<KillMemory> => {
	const text = await readIfThere(file);
	try {
		return (text === undefined ? undefined : memoryShape.safeParse(JSON.parse(text)).data) ?? NOTHING;
	} catch {
		return NOTHING;
	}
};

export const writeKillMemory = async (file: string, { killers, squares }: KillMemory): Promise<void> => {
	const kept = { version: 1, killers, squares } satisfies z.infer<typeof memoryShape>;
	await writeAtomically(file, `${JSON.stringify(kept, null, "\t")}\n`);
};
