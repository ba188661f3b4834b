/** Median and spread of samples; never a lone mean. */
export interface Summary {
	readonly n: number;
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

/** One measured quantity. */
export interface Figure {
	/** e.g. `quick/randread-direct`. */
	readonly name: string;
	readonly unit: "MiB/s" | "IOPS" | "s" | "ns/request";
	readonly better: "higher" | "lower";
	readonly samples: readonly number[];
	readonly summary: Summary;
	/** What a reader must know to weigh it, e.g. that fio's ramp never ended. */
	readonly note?: string;
}
