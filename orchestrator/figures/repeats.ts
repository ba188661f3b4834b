/** How often something must be tried before its silence means anything. Pure. */
import { summarise } from "./summary.ts";

/** Confidence with which a failure rate is at least as high as `lowestRate` says. */
const DOUBT = 0.1;

/** Probability of `failures` or more in `runs` when each fails with probability `rate`. */
const atLeast = (failures: number, runs: number, rate: number): number => {
	// Below `failures`: summed term by term, each from the one before it.
	let term = (1 - rate) ** runs;
	let below = 0;
	for (let count = 0; count < failures; count += 1) {
		below += term;
		term *= ((runs - count) / (count + 1)) * (rate / (1 - rate));
	}
	return 1 - below;
};

/** The lowest failure rate that so many failures are still to be expected from (one-sided, 90 %); 0 of 0 failures. */
export const lowestRate = (failures: number, runs: number): number => {
	if (failures === 0) return 0;
	let [low, high] = [0, 1];
	for (let halving = 0; halving < 40; halving += 1) {
		const middle = (low + high) / 2;
		if (atLeast(failures, runs, middle) < DOUBT) low = middle;
		else high = middle;
	}
	return low;
};

/** Runs that must all pass before the chance that something with this failure rate slipped through is below `miss`. */
export const repeatsToCatch = (rate: number, miss: number): number =>
	rate >= 1 ? 1 : Math.max(1, Math.ceil(Math.log(miss) / Math.log(1 - rate)));

/** Standard errors between a median and the threshold: beyond them lie 0.13 % of a normal distribution. */
const SURE = 3;
/** Standard error of a median, in those of a mean, for normally distributed samples. */
const MEDIAN_ERROR = Math.sqrt(Math.PI / 2);

const deviationOf = (logs: readonly number[]): number => {
	const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
	return Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, logs.length - 1));
};

/** Samples that a median needs to be told on which side of the middle between two sets of samples it lies. */
export const samplesToTell = (one: readonly number[], other: readonly number[]): number => {
	const distance = Math.abs(Math.log(summarise(one).median / summarise(other).median)) / 2;
	const spread = Math.max(...[one, other].map((samples) => deviationOf(samples.map(Math.log))));
	return distance === 0
		? Number.POSITIVE_INFINITY
		: Math.max(1, Math.ceil(((SURE * MEDIAN_ERROR * spread) / distance) ** 2));
};
