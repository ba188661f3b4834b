import type { Mode } from "./cell.ts";

/** One TAP point as the reader understood it. */
export interface Point {
	readonly ok: boolean;
	readonly name: string;
	readonly directive?: "skip" | "todo" | "xfail" | "timeout" | "error";
	readonly reason?: string;
	/** Diagnostic lines that follow the point. */
	readonly diagnostics: readonly string[];
}

/** The outcome of a TAP stream. */
export interface TapSummary {
	readonly points: readonly Point[];
	/** Planned points; undefined when the plan is absent. */
	readonly planned: number | undefined;
	readonly bailedOut: string | undefined;
	/** `1..0 # SKIP reason` */
	readonly skippedAll: string | undefined;
	/** What makes the stream itself untrustworthy: wrong numbers, two plans, points beyond the limit. */
	readonly faults?: readonly string[];
}

/**
 * `kernel-counters` is the kernel's own word, `server-stats` are what our server set up and counted, `server-threads` are
 * context switches of libfuse's ring threads; with both of the first two, they agree.
 */
export const WITNESSES = ["kernel-counters", "server-stats", "kernel-and-server", "server-threads", "none"] as const;
export type TransportWitness = (typeof WITNESSES)[number];

/** How it was shown which transport carried the requests. */
export interface TransportProof {
	readonly asked: Mode;
	/** What was found; `unproven` when no witness could tell, or two contradict each other. */
	readonly found: Mode | "unproven";
	readonly witness: TransportWitness;
	readonly detail: string;
}

/** Something in the kernel log or console that must not be there. */
export interface KernelFinding {
	readonly kind:
		| "panic"
		| "oops"
		| "bug"
		| "warning"
		| "kasan"
		| "ubsan"
		| "lockdep"
		| "hung-task"
		| "lockup"
		| "rcu-stall"
		| "kmemleak"
		| "list-corruption"
		| "refcount";
	/** First line, escapes removed. */
	readonly title: string;
	readonly lines: readonly string[];
	/** Functions of the kernel, innermost first, without those that only report; by them a fault is known again. */
	readonly functions: readonly string[];
	/** Why it counts for nothing: an entry of the config's allow list. */
	readonly allowed?: KnownTrouble;
}

/** Trouble that somebody has looked into and found to be none of the series under test. */
export interface KnownTrouble {
	/** Of a title or of a function, `*` for any characters. */
	readonly pattern: string;
	readonly reason: string;
	readonly link: string;
}

/** A task that did not get on when the guest was looked at. */
export interface StuckTask {
	readonly name: string;
	readonly pid: number;
	/** `blocked`: it waits in the kernel for something; `running`: it was on a CPU. */
	readonly state: "blocked" | "running";
	/** Functions of the kernel, innermost first. */
	readonly stack: readonly string[];
}

export type Because =
	| "ok"
	| "interrupted"
	| "build"
	| "boot"
	| "lab"
	| "kernel-log"
	| "timeout"
	| "server-died"
	| "server-start"
	| "wrong-transport"
	| "bail-out"
	| "not-ok"
	| "plan"
	| "exit-status"
	| "ruled-out"
	| "unsupported"
	| "case-skipped"
	| "no-figure";

/** `broken` means that the lab cannot tell; it is never counted as `fail`. */
export interface Verdict {
	readonly outcome: "pass" | "fail" | "skip" | "broken";
	readonly because: Because;
	/** One sentence for the table. */
	readonly detail: string;
}
