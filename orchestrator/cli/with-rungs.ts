/** From the kernels that a config names to those that are built. */
import { rungsOf } from "../../kernels/rungs.ts";
import { patchesOf, readStack } from "../../kernels/series.ts";
import type { Prefixes } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { interrupt } from "../host/interrupt.ts";

/** Prefixes from elsewhere than the config, for kernels that have a series. */
export interface AskedPrefixes {
	/** In place of what the config says. */
	readonly instead?: Prefixes | undefined;
	/** Where the config says nothing. */
	readonly otherwise?: Prefixes;
}

/** Puts the rungs in the place of each kernel that has prefixes. Reads the series of these kernels. */
export const withRungs = async (config: LabConfig, { instead, otherwise }: AskedPrefixes = {}): Promise<LabConfig> => {
	const kernels = await Promise.all(
		config.kernels.map(async ({ prefixes, ...wish }) => {
			const wanted = wish.series.length > 0 ? (instead ?? prefixes ?? otherwise) : prefixes;
			return wanted === undefined
				? [wish]
				: rungsOf(wish, wanted, patchesOf(await readStack(wish.series, interrupt.signal)));
		}),
	);
	return { ...config, kernels: kernels.flat() };
};
