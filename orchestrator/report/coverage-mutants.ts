/** What came out of a hunt for mutants, as a table of Markdown. Pure. */
import { MUTANT_OUTCOMES, type Mutant, type MutantResult } from "../domain/mutant.ts";
import { plainLine } from "../domain/plain-text.ts";

const square = (text: string): string => plainLine(text).replaceAll("|", "\\|");

/** The square of a kill without its kernel, which is the mutant, and its repeat. */
const killerOf = ({ killingCase }: MutantResult): string =>
	(killingCase ?? "–").replace(/^[^/]*\//, "").replace(/#\d+$/, "");

/** Survivors first, then what never ran, then what was killed; `known` are the mutants of the catalogue. */
export const mutantTable = (results: readonly MutantResult[], known: readonly Mutant[]): readonly string[] => {
	const about = new Map(known.map((mutant) => [mutant.name, mutant]));
	const isEquivalent = ({ name, outcome }: MutantResult): boolean =>
		outcome === "survived" && about.get(name)?.equivalent != null;
	const wordOf = (result: MutantResult): string =>
		isEquivalent(result) ? "equivalent" : result.outcome.replaceAll("-", " ");
	const placeOf = (result: MutantResult): number =>
		result.outcome === "killed" ? 2 : result.outcome === "survived" && !isEquivalent(result) ? 0 : 1;
	const count = (outcome: MutantResult["outcome"]): number =>
		results.filter((result) => result.outcome === outcome && !isEquivalent(result)).length;
	const equivalent = results.filter(isEquivalent);
	const totals = [
		...MUTANT_OUTCOMES.map((outcome) => [count(outcome), outcome.replaceAll("-", " ")] as const),
		[equivalent.length, "equivalent"] as const,
	];
	const seen = totals.filter(([number], index) => number > 0 || index < 2);
	return [
		`${results.length} seeded bugs: ${seen.map(([number, word]) => `${number} ${word}`).join(", ")}.`,
		"",
		"| mutant | breaks | outcome | killed by | s |",
		"|---|---|---|---|---:|",
		...results
			.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1))
			.map(
				(result) =>
					`| ${square(result.name)} | ${square(about.get(result.name)?.breaks ?? "–")} | ${wordOf(result)} | ${square(killerOf(result))} | ${result.seconds.toFixed(1)} |`,
			),
		...(equivalent.length === 0 ? [] : ["", "Equivalent, so that nobody could see them:", ""]),
		...equivalent.map(({ name }) => `- ${square(name)}: ${square(about.get(name)?.equivalent ?? "")}`),
	];
};
