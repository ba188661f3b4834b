/** The patches of all series of a kernel, in order, and how they are applied. */
import type { PatchSummary, SeriesInput } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { run } from "../orchestrator/host/process.ts";
import { diagnose, type ReadBlob } from "./diagnose.ts";
import { applyArguments, applyEnvironment } from "./git.ts";
import { readInput } from "./series-input/read.ts";
import type { Series, SeriesPatch } from "./series-input/series.ts";

const APPLY_TIMEOUT_MS = 60 * 1000;

/** A patch of the whole stack, ready to be applied. */
export interface Patch extends PatchSummary, Pick<SeriesPatch, "diff" | "strip"> {
	/** The series it comes from, as messages name it. */
	readonly origin: string;
}

/** Reads every series of a stack, in order. */
export const readStack = async (inputs: readonly SeriesInput[], signal: AbortSignal): Promise<readonly Series[]> => {
	const stack: Series[] = [];
	for (const input of inputs) stack.push(await readInput(input, signal));
	return stack;
};

/** The patches of a stack as one series; they are numbered throughout. */
export const patchesOf = (stack: readonly Series[]): readonly Patch[] => {
	const all = stack.flatMap(({ origin, patches }) => patches.map((patch) => ({ origin, ...patch })));
	return all.map(({ subject, author, digest, diff, strip, origin }, index) => ({
		number: index + 1,
		total: all.length,
		subject,
		author,
		digest,
		diff,
		strip,
		origin,
	}));
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

export interface ApplyOptions {
	readonly signal: AbortSignal;
	readonly onStage: (text: string) => void;
	/** Finds the files that a patch was made for, where the source is a git repository. */
	readonly readBlob?: ReadBlob | undefined;
}

const doesNotApply = async (
	tree: string,
	patch: Patch,
	{ signal, readBlob }: ApplyOptions,
	error: LabError,
): Promise<LabError> => {
	const { diff, strip, origin } = patch;
	const { place, lines, hint } = await diagnose({ tree, diff, strip, signal }, readBlob, error.evidence);
	return new LabError({
		code: "patch-failed",
		sentence: `${nameOfPatch(patch)} does not apply: ${place}.`,
		hint,
		evidence: [...lines, `from ${origin}`],
		cause: error,
	});
};

/** Applies the patches one by one to a tree that the caller throws away if one of them fails. */
export const applySeries = async (tree: string, patches: readonly Patch[], options: ApplyOptions): Promise<void> => {
	const { signal, onStage } = options;
	for (const patch of patches) {
		onStage(`applying patch ${patch.number}/${patch.total}: ${patch.subject}`);
		// A quilt folder may list patches that change nothing.
		if (patch.diff === "") continue;
		try {
			await run("git", [...applyArguments(patch.strip), "-"], {
				signal,
				cwd: tree,
				input: patch.diff,
				timeoutMs: APPLY_TIMEOUT_MS,
				failure: "patch-failed",
				env: applyEnvironment(tree),
			});
		} catch (error) {
			signal.throwIfAborted();
			throw error instanceof LabError && /exited with status/.test(error.message)
				? await doesNotApply(tree, patch, options, error)
				: error;
		}
	}
};
