/**
 * Which lines of fs/fuse ran: the compiler's notes, kept with a kernel of the flavour `coverage`, and the counts that
 * its guests sent before they were powered off (guest/agent/coverage.ts).
 */
import { copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import type { FileCoverage } from "../orchestrator/domain/coverage.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { run } from "../orchestrator/host/process.ts";

const COUNTED = "fs/fuse";
const GCOV_TIMEOUT_MS = 2 * 60 * 1000;

/** Folder of a kernel's notes, beside its image. */
export const notesOf = (image: string): string => path.join(path.dirname(image), "notes");

/** Keeps the notes of a tree that was built to count; does nothing for any other. */
export const keepNotes = async (tree: string, image: string): Promise<void> => {
	const names = (await readdir(path.join(tree, COUNTED))).filter((name) => name.endsWith(".gcno"));
	if (names.length === 0) return;
	await mkdir(notesOf(image));
	for (const name of names) await copyFile(path.join(tree, COUNTED, name), path.join(notesOf(image), name));
};

const count = z.number().nonnegative();
const report = z.object({
	files: z.array(
		z.object({
			file: z.string(),
			lines: z.array(
				z.object({
					line_number: z.number(),
					function_name: z.string().optional(),
					count,
					branches: z.array(z.object({ count })),
				}),
			),
		}),
	),
});
export type GcovReport = z.infer<typeof report>;

/** Adds up what several guests counted. A line that the compiler put into several functions ran when one of them ran it. */
export const addUp = (reports: readonly GcovReport[]): readonly FileCoverage[] => {
	const lines = new Map<string, Map<number, { count: number; function: string }>>();
	const branches = new Map<string, Map<string, number>>();
	for (const { file, lines: counted } of reports.flatMap(({ files }) => files)) {
		if (!file.startsWith(`${COUNTED}/`)) continue;
		const linesOf = lines.get(file) ?? new Map<number, { count: number; function: string }>();
		const branchesOf = branches.get(file) ?? new Map<string, number>();
		lines.set(file, linesOf);
		branches.set(file, branchesOf);
		for (const { line_number, function_name = "", count, branches: ways } of counted) {
			linesOf.set(line_number, {
				count: (linesOf.get(line_number)?.count ?? 0) + count,
				function: function_name.replace(/\..*$/, ""),
			});
			for (const [index, way] of ways.entries()) {
				const key = `${line_number} ${function_name} ${index}`;
				branchesOf.set(key, (branchesOf.get(key) ?? 0) + way.count);
			}
		}
	}
	return [...lines]
		.map(([file, counted]) => {
			const ways = [...(branches.get(file)?.values() ?? [])];
			const idle = [...counted].filter(([, { count }]) => count === 0).sort(([a], [b]) => a - b);
			return {
				file,
				lines: counted.size,
				linesRun: counted.size - idle.length,
				branches: ways.length,
				branchesTaken: ways.filter((taken) => taken > 0).length,
				idle: idle.map(([line, entry]) => ({ line, function: entry.function })),
			};
		})
		.sort((a, b) => (a.file < b.file ? -1 : 1));
};

/** Reads the counts of several boots, a folder each, of the kernel with these notes. */
export const readCounts = async (
	notes: string,
	boots: readonly string[],
	signal: AbortSignal,
): Promise<readonly FileCoverage[]> => {
	const reports: GcovReport[] = [];
	for (const boot of boots) {
		// gcov finds counts and notes by each other's side only.
		const folder = await mkdtemp(path.join(tmpdir(), "fuselab-gcov-"));
		try {
			const names = (await readdir(boot)).filter((name) => name.endsWith(".gcda"));
			for (const name of names) {
				const note = name.replace(/\.gcda$/, ".gcno");
				await copyFile(path.join(notes, note), path.join(folder, note));
				await copyFile(path.join(boot, name), path.join(folder, name));
				const { stdout } = await run("gcov", ["--json-format", "--stdout", "--branch-probabilities", name], {
					cwd: folder,
					signal,
					timeoutMs: GCOV_TIMEOUT_MS,
					failure: "tool-missing",
					hint: "gcov comes with gcc, and must be of the compiler that built the kernel.",
				});
				reports.push(report.parse(JSON.parse(stdout)));
			}
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	}
	if (reports.length === 0)
		throw new LabError({
			code: "run-missing",
			sentence: "No guest of this run sent counts.",
			hint: "Run a config whose kernel has `flavour: coverage`.",
		});
	return addUp(reports);
};
