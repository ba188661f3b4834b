/** The smallest limit, to the page, that something works with. */

export interface Threshold {
	/** Pages; null when it does not work with `most` pages either. */
	readonly pages: number | null;
	/** Limits that were tried. */
	readonly tries: number;
}

/**
 * Asks first at `expected` and a page below, where a right guess ends it, then by bisection. `works` must not change from
 * yes to no as the limit grows; what was asked once is not asked again.
 */
export const findThreshold = async (
	expected: number,
	most: number,
	works: (pages: number) => Promise<boolean>,
): Promise<Threshold> => {
	const answers = new Map<number, boolean>();
	const ask = async (pages: number): Promise<boolean> => {
		const known = answers.get(pages);
		if (known !== undefined) return known;
		const answer = await works(pages);
		answers.set(pages, answer);
		return answer;
	};
	// It works with `high`; it does not with `low`, or `low` is -1.
	let low = -1;
	let high = Math.min(Math.max(expected, 0), most);
	if (await ask(high)) {
		if (high > 0 && !(await ask(high - 1))) low = high - 1;
	} else {
		low = high;
		high = Math.min(low + 1, most);
		for (let step = 1; !(await ask(high)); step *= 2) {
			if (high === most) return { pages: null, tries: answers.size };
			low = high;
			high = Math.min(high + step, most);
		}
	}
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (await ask(middle)) high = middle;
		else low = middle;
	}
	return { pages: high, tries: answers.size };
};
