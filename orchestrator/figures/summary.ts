import type { Figure, Summary } from "../domain/figure.ts";

/** Median, smallest and largest; throws on no samples, because there is no honest summary of nothing. */
export const summarise = (samples: readonly number[]): Summary => {
	const sorted = [...samples].sort((a, b) => a - b);
	const min = sorted[0];
	const max = sorted.at(-1);
	if (min === undefined || max === undefined) throw new RangeError("no samples to summarise");
	const upper = sorted[Math.floor(sorted.length / 2)] ?? min;
	const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? min;
	return { n: sorted.length, median: (lower + upper) / 2, min, max };
};

/** Joins figures of the same name and unit (the repeats of one cell family) into one figure each, in order of first sight. */
export const combine = (figures: readonly Figure[]): readonly Figure[] => {
	const families = new Map<string, Figure[]>();
	for (const figure of figures) {
		const key = `${figure.name}\n${figure.unit}`;
		const family = families.get(key);
		if (family === undefined) families.set(key, [figure]);
		else family.push(figure);
	}
	return [...families.values()].flatMap((family) => {
		const [first] = family;
		if (first === undefined) return [];
		const samples = family.flatMap((figure) => figure.samples);
		const note = family.find((figure) => figure.note !== undefined)?.note;
		const { name, unit, better } = first;
		return [{ name, unit, better, samples, summary: summarise(samples), ...(note === undefined ? {} : { note }) }];
	});
};
