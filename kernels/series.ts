import { readFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { PatchSummary, SeriesInput } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { isMissing } from "../orchestrator/host/files.ts";
import { run } from "../orchestrator/host/process.ts";
import { parseDiff } from "./diff.ts";
import { parseMbox } from "./mbox.ts";

const APPLY_TIMEOUT_MS = 60 * 1000;

/** A patch of the whole series, ready to be applied. */
export interface Patch extends PatchSummary {
	readonly diff: string;
	/** The mbox it comes from. */
	readonly file: string;
}

const readMbox = async (file: string): Promise<Uint8Array> => {
	try {
		const bytes = await readFile(file);
		// Mail archives hand out threads as .mbox.gz.
		return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
	} catch (cause) {
		throw new LabError({
			code: "series-invalid",
			sentence: isMissing(cause) ? `The series ${file} does not exist.` : `The series ${file} cannot be read.`,
			hint: "Name an mbox file; paths in a config are relative to the config.",
			cause,
		});
	}
};

/** Reads mbox files into one series; the patches are numbered throughout. */
export const readSeries = async (inputs: readonly SeriesInput[]): Promise<readonly Patch[]> => {
	const read = await Promise.all(
		inputs.map(async (input) => {
			if (input.kind !== "path" && input.kind !== "mbox")
				throw new LabError({ code: "series-invalid", sentence: `A series of the kind ${input.kind} is not read yet.` });
			const file = input.path;
			const patches = await parseMbox(await readMbox(file), path.basename(file));
			return patches.map(({ subject, author, digest, diff }) => ({ subject, author, digest, diff, file }));
		}),
	);
	const all = read.flat();
	return all.map((patch, index) => ({ ...patch, number: index + 1, total: all.length }));
};

/** What a record keeps of a patch. */
export const summaryOf = ({ number, total, subject, author, digest }: Patch): PatchSummary => ({
	number,
	total,
	subject,
	author,
	digest,
});

/** How messages name a patch: `Patch 2/3 "fuse: x"`. */
export const nameOfPatch = ({ number, total, subject }: PatchSummary): string =>
	`Patch ${number}/${total} "${subject}"`;

const hunkAt = (patch: Patch, file: string, line: number): string => {
	const hunks = parseDiff(patch.diff).find((each) => each.file === file)?.hunks ?? [];
	const hunk = hunks.find((each) => each.oldLine === line);
	return hunk === undefined
		? ""
		: hunks.length === 1
			? " (its only hunk)"
			: ` (hunk ${hunk.number} of ${hunks.length})`;
};

/** Where `git apply` says that a patch fails; pure. */
export const placeOfFailure = (patch: Patch, printed: readonly string[]): string => {
	for (const line of printed) {
		const failed = /^error: patch failed: (.+):(\d+)$/.exec(line);
		if (failed !== null) return `${failed[1]}:${failed[2]}${hunkAt(patch, failed[1] ?? "", Number(failed[2]))}`;
		const other = /^error: (.+)$/.exec(line)?.[1];
		if (other !== undefined) return other;
	}
	return "git apply says nothing more";
};

const doesNotApply = (patch: Patch, error: LabError): LabError =>
	new LabError({
		code: "patch-failed",
		sentence: `${nameOfPatch(patch)} does not apply: ${placeOfFailure(patch, error.evidence)}.`,
		hint: "Rebase the series onto this source, or name the source it was made for; patches are applied without fuzz.",
		evidence: [...error.evidence, `from ${patch.file}`],
		cause: error,
	});

/** Applies the patches one by one to a tree that the caller throws away if one of them fails. */
export const applySeries = async (
	tree: string,
	patches: readonly Patch[],
	signal: AbortSignal,
	onStage: (text: string) => void,
): Promise<void> => {
	for (const patch of patches) {
		onStage(`applying patch ${patch.number}/${patch.total}: ${patch.subject}`);
		try {
			await run("git", ["apply", "--whitespace=nowarn", "-p1", "-"], {
				signal,
				cwd: tree,
				input: patch.diff,
				timeoutMs: APPLY_TIMEOUT_MS,
				failure: "patch-failed",
				// A repository around the tree, or the user's settings, must not change what is applied.
				env: {
					GIT_CEILING_DIRECTORIES: path.dirname(tree),
					GIT_CONFIG_NOSYSTEM: "1",
					GIT_CONFIG_GLOBAL: "/dev/null",
				},
			});
		} catch (error) {
			signal.throwIfAborted();
			throw error instanceof LabError && /exited with status/.test(error.message) ? doesNotApply(patch, error) : error;
		}
	}
};
