/** What a series says about the tree that it was made for, held against the tree that it is applied to. */
import { run } from "../../orchestrator/host/process.ts";
import type { ResolvedSource } from "../source/resolved.ts";
import type { Series } from "./series.ts";

const TIMEOUT_MS = 60 * 1000;

/** The id that git gives a diff whatever line it stands at: `git patch-id --stable`. */
const patchIdOf = async (diff: string, signal: AbortSignal): Promise<string | undefined> => {
	const { stdout } = await run("git", ["patch-id", "--stable"], { signal, input: diff, timeoutMs: TIMEOUT_MS });
	return stdout.split(" ")[0];
};

const baseDoubt = async (
	{ origin, base }: Series,
	source: ResolvedSource,
	signal: AbortSignal,
): Promise<string | undefined> => {
	const holds = base === undefined ? true : await source.holds(base, signal);
	if (base === undefined || holds === true) return undefined;
	const told = `${origin} says that it is based on commit ${base.slice(0, 12)}`;
	return holds === false
		? `${told}, which ${source.name} does not hold`
		: `${told}; whether ${source.name} holds it cannot be checked`;
};

/** Patches that a series wants before it and that no series below it brings. */
export const missingPrerequisites = async (
	stack: readonly Series[],
	index: number,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const wanted = stack[index]?.prerequisites ?? [];
	if (wanted.length === 0) return [];
	const below = stack.slice(0, index).flatMap(({ patches }) => patches);
	const ids = new Set(await Promise.all(below.map(async ({ diff }) => await patchIdOf(diff, signal))));
	return wanted.filter((id) => !ids.has(id));
};

/** What a reader should know before trusting a stack on a source, a sentence each. */
export const doubtsAbout = async (
	stack: readonly Series[],
	source: ResolvedSource,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const doubts: string[] = [];
	for (const [index, series] of stack.entries()) {
		const base = await baseDoubt(series, source, signal);
		if (base !== undefined) doubts.push(base);
		const missing = await missingPrerequisites(stack, index, signal);
		if (missing.length > 0)
			doubts.push(
				`${series.origin} wants ${missing.length} of ${series.prerequisites.length} patches before it that no series before it brings (patch-id ${missing[0]?.slice(0, 12)}${missing.length > 1 ? ", …" : ""}); does ${source.name} hold them?`,
			);
	}
	return doubts;
};
