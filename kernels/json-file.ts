import type { z } from "zod";
import { readIfThere } from "../orchestrator/host/files.ts";

/** A JSON file of the cache as its shape has it; undefined when it is missing, damaged, or of another version. */
export const readJson = async <T>(file: string, shape: z.ZodType<T>): Promise<T | undefined> => {
	const text = await readIfThere(file);
	try {
		return text === undefined ? undefined : shape.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
};
