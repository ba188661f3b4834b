/** Looks at a tree that a patch does not apply to, and tells what would help. */
import { lstat, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isMissing } from "../orchestrator/host/files.ts";
import { type RunResult, run } from "../orchestrator/host/process.ts";
import { type FileDiff, parseDiff } from "./diff.ts";
import { applyArguments, applyEnvironment } from "./git.ts";
import { firstMisfit, showMisfit } from "./misfit.ts";

/** Content of an object of the source's repository by its (abbreviated) id; undefined when it has none. */
export type ReadBlob = (id: string) => Promise<string | undefined>;

export interface Diagnosis {
	/** What is wrong first, as the end of a sentence: `fs/x.c:12 (hunk 2 of 3)`. */
	readonly place: string;
	/** The lines around it, and what else has been tried. */
	readonly lines: readonly string[];
	readonly hint: string;
}

interface Subject {
	readonly tree: string;
	readonly diff: string;
	readonly strip: number;
	readonly signal: AbortSignal;
}

const TRY_TIMEOUT_MS = 60 * 1000;
/** patch's own limit: with 3, the three context lines that a hunk has would count for nothing. */
const FUZZ = 2;

/** The lines of a file of the tree; undefined when there is no such file. A link is not followed. */
const linesOf = async (tree: string, file: string): Promise<readonly string[] | undefined> => {
	try {
		const place = path.join(tree, file);
		if (!(await lstat(place)).isFile()) return undefined;
		return (await readFile(place, "utf8")).replace(/\n$/, "").split("\n");
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

/** What keeps one file's part from being applied; undefined when nothing does that is seen here. */
const misfitOf = async (tree: string, diff: FileDiff): Promise<Pick<Diagnosis, "place" | "lines"> | undefined> => {
	const { oldFile, newFile, hunks } = diff;
	if (oldFile === undefined)
		return newFile !== undefined && (await linesOf(tree, newFile)) !== undefined
			? { place: `${newFile} is there already`, lines: [] }
			: undefined;
	const lines = await linesOf(tree, oldFile);
	if (lines === undefined) return { place: `${oldFile} is not in the tree`, lines: [] };
	const misfit = firstMisfit(lines, diff);
	if (misfit === undefined) return undefined;
	const which = hunks.length === 1 ? "its only hunk" : `hunk ${misfit.hunk.number} of ${hunks.length}`;
	return { place: `${oldFile}:${misfit.hunk.oldLine} (${which})`, lines: showMisfit(lines, diff, misfit) };
};

const attempt = async (command: string, args: readonly string[], subject: Subject): Promise<RunResult> =>
	await run(command, args, {
		signal: subject.signal,
		cwd: subject.tree,
		input: subject.diff,
		timeoutMs: TRY_TIMEOUT_MS,
		okStatus: [0, 1, 2, 128],
		env: applyEnvironment(subject.tree),
	});

const isApplied = async (subject: Subject): Promise<boolean> =>
	(await attempt("git", [...applyArguments(subject.strip), "--check", "--reverse", "-"], subject)).exitCode === 0;

/** The fuzz that GNU patch needs, or how much it cannot place even then. Nothing is written. */
const tryFuzz = async (subject: Subject): Promise<{ readonly fits: boolean; readonly line: string }> => {
	const { stdout, exitCode } = await attempt(
		"patch",
		[`-p${subject.strip}`, "--dry-run", "--unified", "--force", `--fuzz=${FUZZ}`, "--no-backup-if-mismatch"],
		subject,
	);
	const used = Math.max(0, ...[...stdout.matchAll(/with fuzz (\d+)/g)].map(([, fuzz]) => Number(fuzz)));
	if (exitCode === 0) return { fits: true, line: `with fuzz ${used} (\`patch --fuzz=${used}\`) it applies` };
	const failed = [...stdout.matchAll(/(\d+) out of (\d+) hunks? FAILED/g)];
	const hunks = failed.reduce((sum, [, count]) => sum + Number(count), 0);
	const detail = hunks > 0 ? `: ${hunks} ${hunks === 1 ? "hunk finds" : "hunks find"} no place` : "";
	return { fits: false, line: `not even with fuzz ${FUZZ}${detail}` };
};

/** Merges one file three ways: the tree's, the one that the patch was made for, and that one patched. */
const mergeFile = async (diff: FileDiff, base: string, subject: Subject): Promise<boolean> => {
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-merge-"));
	try {
		const [ours, old, theirs] = ["ours", "base", "theirs"].map((name) => path.join(folder, name)) as [
			string,
			string,
			string,
		];
		await writeFile(ours, await readFile(path.join(subject.tree, diff.oldFile ?? "")));
		for (const file of [old, theirs]) await writeFile(file, base);
		const hunks = diff.hunks.map(({ lines, oldLine }) => {
			const count = (marks: string): number => lines.filter((line) => marks.includes(line.charAt(0))).length;
			return [`@@ -${oldLine},${count(" -")} +${oldLine},${count(" +")} @@`, ...lines].join("\n");
		});
		const alone = ["--- a/theirs", "+++ b/theirs", ...hunks, ""].join("\n");
		const patched = await attempt("git", [...applyArguments(1), "--recount", "-"], {
			...subject,
			tree: folder,
			diff: alone,
		});
		if (patched.exitCode !== 0) return false;
		const merged = await run("git", ["merge-file", "-p", "-q", ours, old, theirs], {
			signal: subject.signal,
			cwd: folder,
			timeoutMs: TRY_TIMEOUT_MS,
			okStatus: Array.from({ length: 256 }, (_, status) => status),
		});
		return merged.exitCode === 0;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};

const tryThreeWay = async (
	files: readonly FileDiff[],
	readBlob: ReadBlob | undefined,
	subject: Subject,
): Promise<{ readonly fits: boolean; readonly line: string }> => {
	if (readBlob === undefined)
		return {
			fits: false,
			line: "three-way: cannot be tried, as only a git source has the files that the patch was made for",
		};
	const conflicts: string[] = [];
	for (const diff of files.filter(({ oldFile, hunks }) => oldFile !== undefined && hunks.length > 0)) {
		const base = diff.oldBlob === undefined ? undefined : await readBlob(diff.oldBlob);
		if (base === undefined)
			return {
				fits: false,
				line: `three-way: cannot be tried, as the repository does not have ${diff.file} as the patch was made for it`,
			};
		if ((await linesOf(subject.tree, diff.oldFile ?? "")) === undefined || !(await mergeFile(diff, base, subject)))
			conflicts.push(diff.file);
	}
	return conflicts.length === 0
		? { fits: true, line: "three-way (`git am -3`) it merges without a conflict" }
		: { fits: false, line: `three-way: conflicts in ${conflicts.join(", ")}` };
};

/** Looks for the reason. The tree is left as it is. `said` is what `git apply` printed. */
export const diagnose = async (
	subject: Subject,
	readBlob: ReadBlob | undefined,
	said: readonly string[],
): Promise<Diagnosis> => {
	const files = parseDiff(subject.diff, subject.strip);
	const found: Pick<Diagnosis, "place" | "lines">[] = [];
	for (const file of files) found.push(...[await misfitOf(subject.tree, file)].filter((each) => each !== undefined));
	const [first] = found;
	const place =
		first?.place ?? said.map((line) => /^error: (.+)$/.exec(line)?.[1]).find(Boolean) ?? "git apply says nothing more";
	const others = found.slice(1).map((each) => each.place);
	const more = others.length === 0 ? [] : [`also: ${others.slice(0, 8).join(", ")}${others.length > 8 ? ", …" : ""}`];
	if (await isApplied(subject))
		return {
			place,
			lines: more,
			hint: "The source holds this patch already: take it out of the series, or name an older source.",
		};
	const fuzz = await tryFuzz(subject);
	const merge = await tryThreeWay(files, readBlob, subject);
	return {
		place,
		lines: [...(first?.lines ?? []), ...more, fuzz.line, merge.line],
		hint:
			fuzz.fits || merge.fits
				? "Rebase the series onto this source and look at what comes out; patches are applied without fuzz here."
				: "Rebase the series onto this source, or name the source it was made for.",
	};
};
