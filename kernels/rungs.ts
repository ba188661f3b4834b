/** From a series to the kernels of its ladder. */
import type { KernelWish, PatchSummary, Prefixes } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";

/** The wishes of a ladder, the shortest prefix first. `patches` are those of the whole series. */
export const rungsOf = (
	wish: KernelWish,
	prefixes: Prefixes,
	patches: readonly Pick<PatchSummary, "subject">[],
): readonly KernelWish[] => {
	const total = patches.length;
	const wanted = prefixes === "all" ? Array.from({ length: total + 1 }, (_, index) => index) : prefixes;
	const beyond = wanted.find((prefix) => prefix > total);
	if (beyond !== undefined)
		throw new LabError({
			code: "config-invalid",
			sentence: `Kernel "${wish.name}" asks for the first ${beyond} patches, and its series has ${total}.`,
			hint: `Name prefixes from 0 (the bare source) to ${total}, or \`all\`.`,
		});
	return wanted.map((prefix) => ({
		...wish,
		name: `${wish.name}@${prefix}`,
		rung: { ladder: wish.name, prefix, total, subject: patches[prefix - 1]?.subject ?? null },
	}));
};
