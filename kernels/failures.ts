/** Kernels whose own patches do not compile: the same inputs would fail again, so the answer is kept. */
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { writeAtomically } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { readJson } from "./json-file.ts";

const failureShape = z.object({
	version: z.literal(1),
	sentence: z.string(),
	hint: z.string(),
	evidence: z.array(z.string()),
});

const folderOf = (key: string): string => path.join(folders.cache(), "failures", key);

/** Keeps what a build of this key failed with, and its log; gives the error that names the kept log. */
export const keepFailure = async (key: string, error: LabError): Promise<LabError> => {
	const folder = await ensureFolder(folderOf(key));
	if (error.log !== undefined) await copyFile(error.log, path.join(folder, "build.log"));
	const { message: sentence, hint = "", evidence } = error;
	const kept = { version: 1, sentence, hint, evidence: [...evidence] } satisfies z.infer<typeof failureShape>;
	await writeAtomically(path.join(folder, "failure.json"), `${JSON.stringify(kept, null, "\t")}\n`);
	return (await findFailure(key)) ?? error;
};

/** The error that a build of this key ended with before; undefined when none is known. */
export const findFailure = async (key: string): Promise<LabError | undefined> => {
	const failure = await readJson(path.join(folderOf(key), "failure.json"), failureShape);
	if (failure === undefined) return undefined;
	const { version: _, ...facts } = failure;
	return new LabError({ ...facts, code: "build-failed", log: path.join(folderOf(key), "build.log") });
};
