/** Seeded kernel bugs on disk: a folder of files that hold one patch each. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { MUTANT_MACHINES, type Mutant } from "../orchestrator/domain/mutant.ts";
import { digestOf, isMissing } from "../orchestrator/host/files.ts";
import { folders } from "../orchestrator/host/folders.ts";

const PATCH_FILE = /^[^.].*(?=\.(?:patch|diff|mbox|eml)$)/;

/** The project's own catalogue. */
export const catalogueFolder = (): string => path.join(folders.clone(), "kernels/mutants");

/** `Key: value` lines of a patch's message; a line that begins with a blank goes on with the one before. Pure. */
export const trailersOf = (text: string): ReadonlyMap<string, string> => {
	const [message = ""] = text.replaceAll("\r\n", "\n").split(/^(?:---$|diff -|--- \S)/m, 1);
	const lines = message.replaceAll(/\n[ \t]+(?=\S)/g, " ").matchAll(/^([A-Z][A-Za-z-]+): (.+)$/gm);
	return new Map([...lines].map(([, key = "", value = ""]) => [key, value.trim()]));
};

const listOf = (value: string | undefined): readonly string[] | null => value?.split(/[,\s]+/).filter(Boolean) ?? null;

/** Functions that a patch changes, by its hunks' heads, and those that its lines call. Pure. */
export const functionsOf = (text: string): readonly string[] => {
	const heads = [...text.matchAll(/^@@ .*?@@.*?\b([a-z]\w*)\(/gm)];
	const calls = [...text.matchAll(/^[-+](?![-+]{2} ).*$/gm)].flatMap(([line]) => [
		...line.matchAll(/\b([a-z]\w*_\w+)\(/g),
	]);
	return [...new Set([...heads, ...calls].map(([, name = ""]) => name))];
};

/** Understands one file. A patch that says nothing about itself is taken to show on every machine and in every mode. */
export const mutantOf = (file: string, text: string): Mutant => {
	const trailers = trailersOf(text);
	const machines = listOf(trailers.get("Visible-on"));
	return {
		name: PATCH_FILE.exec(path.basename(file))?.[0] ?? path.basename(file),
		file,
		digest: digestOf(text),
		breaks: trailers.get("Breaks") ?? null,
		about: ["Breaks", "Area", "Seen-by"].map((key) => trailers.get(key) ?? "").join(" "),
		functions: functionsOf(text),
		machines: machines && MUTANT_MACHINES.filter((machine) => machines.includes(machine)),
		modes: listOf(trailers.get("Modes")),
		equivalent: trailers.get("Equivalent") ?? null,
	};
};

/** The mutants of a folder, by name. Throws `series-invalid` when it is no folder or holds no patch. */
export const readMutants = async (folder: string): Promise<readonly Mutant[]> => {
	const names = await readdir(folder).catch((cause: unknown) => {
		throw new LabError({
			code: "series-invalid",
			sentence: isMissing(cause) ? `The folder ${folder} does not exist.` : `${folder} cannot be read as a folder.`,
			hint: "Name a folder of files that hold one patch each.",
			cause,
		});
	});
	const files = names.filter((name) => PATCH_FILE.test(name)).sort();
	if (files.length === 0)
		throw new LabError({
			code: "series-invalid",
			sentence: `${folder} holds no patch.`,
			hint: "Files named *.patch, *.diff, *.mbox or *.eml are taken for patches.",
		});
	const mutants = await Promise.all(
		files.map(async (name) => {
			const file = path.resolve(folder, name);
			return mutantOf(file, await readFile(file, "utf8"));
		}),
	);
	const twin = mutants.find(({ name }, index) => name === mutants[index - 1]?.name);
	if (twin !== undefined)
		throw new LabError({
			code: "series-invalid",
			sentence: `Two files of ${folder} are named ${twin.name}, but for their endings.`,
			hint: "Results go by the name without the ending; rename one of them.",
		});
	return mutants;
};
