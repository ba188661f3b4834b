import type { Running, Site } from "./site.ts";

/** One fault: what is injected, where, and how. */
export interface Fault {
	readonly what: string;
	/** The config that is run. */
	readonly config: string;
	/** Starts fuselab, injects, and gives the fuselab whose report counts. */
	inject(site: Site): Promise<Running>;
	/** Takes back what `inject` made on the host. */
	undo?(site: Site): Promise<void>;
}

/** What came of it. */
export interface FaultOutcome {
	readonly what: string;
	/** The sentence by which it was told, and the exit status. */
	readonly reported: string;
	readonly status: string;
	readonly kept: string;
	/** Empty: nothing. */
	readonly left: readonly string[];
	/** What `fuselab sweep` removed after it; empty: nothing was there to remove. */
	readonly swept: readonly string[];
	readonly seconds: number;
}
