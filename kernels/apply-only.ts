/** Does a series apply? Answered without a compiler, in a tree that is gone afterwards. */
import { rm } from "node:fs/promises";
import path from "node:path";
import type { KernelWish } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { explainFull } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { ownPath } from "../orchestrator/host/ledger.ts";
import { applySeries, patchesOf, readStack } from "./series.ts";
import { doubtsAbout } from "./series-input/doubts.ts";
import { resolveSource } from "./source/resolve.ts";
import type { SourceOptions } from "./source/resolved.ts";

export interface Applied {
	readonly kernel: string;
	/** The source as messages name it. */
	readonly source: string;
	readonly patches: number;
	/** What the series wants of the source and nobody can see that it has. */
	readonly doubts: readonly string[];
}

/** Applies a wish's series to its source. Throws `patch-failed` with what stands in the way. */
export const applyOnly = async ({ name, source, series }: KernelWish, options: SourceOptions): Promise<Applied> => {
	const { signal } = options;
	if (source.kind === "debian-image")
		throw new LabError({
			code: "config-invalid",
			sentence: `Kernel "${name}" is built already; no series applies to it.`,
			hint: "Name a source that holds the kernel's source.",
		});
	const stack = await readStack(series, signal);
	const base = stack.find((each) => each.base !== undefined)?.base;
	const resolved = await resolveSource(source, base, options);
	const doubts = await doubtsAbout(stack, resolved, signal);
	const work = path.join(folders.cache(), "work", `apply-${process.pid}`);
	const disown = ownPath(await ensureFolder(work));
	try {
		const [tree, patches] = [path.join(work, "tree"), patchesOf(stack)];
		await resolved.unpack(tree, options);
		await applySeries(tree, patches, { ...options, readBlob: resolved.readBlob?.(signal) });
		return { kernel: name, source: resolved.name, patches: patches.length, doubts };
	} catch (error) {
		return explainFull(error, `the tree of kernel "${name}"`);
	} finally {
		await rm(work, { recursive: true, force: true });
		disown();
	}
};
