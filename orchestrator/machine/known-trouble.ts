import { matchesPattern } from "../domain/pattern.ts";
import type { KernelFinding, KnownTrouble } from "../domain/verdict.ts";

/** Marks what the config's allow list knows, by its title or by one of its functions. */
export const markKnown = (
	findings: readonly KernelFinding[],
	known: readonly KnownTrouble[],
): readonly KernelFinding[] =>
	findings.map((finding) => {
		const allowed = known.find(({ pattern }) =>
			[finding.title, ...finding.functions].some((name) => matchesPattern(pattern, name)),
		);
		return allowed === undefined ? finding : { ...finding, allowed };
	});
