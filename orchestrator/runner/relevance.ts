/**
 * Which cases are related to a mutant, by the rare words and kernel functions that both texts name. Pure.
 * A guess that costs nothing: it decides what a mutant meets first, never what it meets.
 */
import type { Cell } from "../domain/cell.ts";
import type { Mutant } from "../domain/mutant.ts";
import type { KnownCase } from "./expand.ts";

/** What a case says about itself. */
export interface CaseText extends Pick<KnownCase, "name" | "needs" | "negativeControl"> {
	readonly proves: string;
	readonly decidedIn: string;
}

/** Words that stand for a mode where a mutant speaks of it. */
const WORDS_OF_MODE: Readonly<Partial<Record<Cell["mode"], string>>> = {
	bufpool: "pool buffers",
	pinned: "pinned registered pool fixed",
	zerocopy: "zero-copy zero-copied slot",
};

/** The same in another mode tells half as much. */
const AGAIN = 0.5;
/** Relevance halves from one step to the next; what is below the last one is as good as unrelated. */
const STEPS = 5;
/** Where nothing is more related than this, the best is no certain guess and does not make the first step. */
const SURE = 0.4;

/** `copied`, `copying` and `copy` are one word, and `killed` and `kill`. */
const stemOf = (word: string): string =>
	word
		.replace(/(?<=\w{3})(?:ing|ed|es|s)$/, "")
		.replace(/(?<=\w{2})e$/, "")
		.replace(/(?<=\w{2})y$/, "i");

/** The distinct words of a text; a function's name is one word, and so are its parts. */
export const wordsOf = (text: string): ReadonlySet<string> => {
	const names = text.match(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g) ?? [];
	const words = text.toLowerCase().match(/[a-z][a-z0-9]{2,}/g) ?? [];
	return new Set([...names, ...words.map(stemOf)]);
};

const textOf = ({ name, needs = [], negativeControl: control, proves, decidedIn }: CaseText): string => {
	const own = typeof control === "object" && "own" in control ? String(control.own) : "";
	return [name, ...needs, proves, decidedIn, typeof control === "string" ? control : own].join(" ");
};

export interface Relevance {
	/** How related each cell is to the mutant, 0 to 1, in the order of the cells. */
	of(mutant: Mutant, cells: readonly Cell[]): readonly number[];
}

/** Learns which words are rare in the texts of the cases. */
export const relevanceAmong = (cases: readonly CaseText[]): Relevance => {
	const texts = new Map(cases.map((one) => [one.name, wordsOf(textOf(one))]));
	const counts = new Map<string, number>();
	for (const words of texts.values()) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
	/** Inverse document frequency, squared: what every case says weighs nothing, and so does what none says. */
	const weightOf = (word: string): number => Math.log(texts.size / (counts.get(word) ?? texts.size)) ** 2;
	const sum = (words: Iterable<string>): number => [...words].reduce((all, word) => all + weightOf(word), 0);
	const norms = new Map([...texts].map(([name, words]) => [name, Math.sqrt(sum(words))]));

	const relate = (words: ReadonlySet<string>, own: number, name: string): number => {
		const norm = own * (norms.get(name) ?? 0);
		return norm > 0 ? sum([...(texts.get(name) ?? [])].filter((word) => words.has(word))) / norm : 0;
	};
	return {
		of: (mutant, cells) => {
			const words = wordsOf([mutant.name, mutant.about, ...mutant.functions].join(" "));
			const own = Math.sqrt(sum(words));
			const cases = new Map<string, number>();
			const byMode = (mode: Cell["mode"]): number =>
				[...wordsOf(WORDS_OF_MODE[mode] ?? "")].filter((word) => words.has(word)).length;
			const modes = new Map([...new Set(cells.map(({ mode }) => mode))].map((mode) => [mode, byMode(mode)]));
			const before = new Map<string, number>();
			const found = cells.map(() => 0);
			const order = cells
				.map((cell, index) => ({ cell, index }))
				.sort((a, b) => (modes.get(b.cell.mode) ?? 0) - (modes.get(a.cell.mode) ?? 0));
			for (const { cell, index } of order) {
				if (cell.work.kind !== "check") continue;
				const { name } = cell.work;
				const related = cases.get(name) ?? relate(words, own, name);
				cases.set(name, related);
				const times = before.get(name) ?? 0;
				before.set(name, times + 1);
				found[index] = related * AGAIN ** times;
			}
			return found;
		},
	};
};

/** Steps from the most related, 0, to the unrelated, STEPS: within a step the words are no better than chance. */
export const stepsOf = (relevances: readonly number[]): readonly number[] => {
	const best = Math.max(SURE, ...relevances);
	return relevances.map((one) =>
		one <= 0 ? STEPS : Math.min(STEPS, Math.floor(Math.log2(best / one) + Number.EPSILON)),
	);
};
