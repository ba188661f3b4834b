/** Halving a ladder until one patch is left. Pure but for the judge. */

/** `skip`: this rung cannot be judged, as it does not build or boot. */
export type Judgement = "good" | "bad" | "skip";

export interface BisectEnd {
	/** The longest prefix that is known to be good. */
	readonly good: number;
	/** The shortest that is known to be bad; the fault lies in one of the patches between. */
	readonly bad: number;
}

/** The rung that splits the rest best: the one nearest to the middle that was not skipped. */
export const nextRung = ({ good, bad }: BisectEnd, skipped: ReadonlySet<number>): number | undefined => {
	const middle = (good + bad) / 2;
	return Array.from({ length: Math.max(0, bad - good - 1) }, (_, index) => good + 1 + index)
		.filter((prefix) => !skipped.has(prefix))
		.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
};

/** Narrows the range down as far as rungs can be judged. */
export const bisect = async (range: BisectEnd, judge: (prefix: number) => Promise<Judgement>): Promise<BisectEnd> => {
	let end = range;
	const skipped = new Set<number>();
	for (let prefix = nextRung(end, skipped); prefix !== undefined; prefix = nextRung(end, skipped)) {
		const judgement = await judge(prefix);
		if (judgement === "skip") skipped.add(prefix);
		else end = { ...end, [judgement]: prefix };
	}
	return end;
};
