/**
 * How long a stage may take on a machine of ordinary speed, in milliseconds. Whoever waits multiplies it by the machine's
 * slowness, in the guest as on the host.
 */
export const DEADLINE_MS = {
	/** Power-on to the agent's first word. */
	boot: 15_000,
	/** One program that makes or mounts a store. */
	store: 15_000,
	/** A server's start until it serves. */
	serverReady: 15_000,
	/** The start of the process that runs cases. */
	caseProcess: 15_000,
	/** An answer of our server. */
	answer: 5_000,
	/** umount(8), and then the server's own end. */
	stop: 8_000,
	/** Removal by force of what is left of a server. */
	destroy: 3_000,
	/** One scan of all memory by kmemleak. */
	leakScan: 20_000,
} as const;

/** Younger objects kmemleak does not tell of (mm/kmemleak.c:MSECS_MIN_AGE, 7.3); of the guest's own time. */
export const LEAK_AGE_MS = 5_000;

export type Deadline = keyof typeof DEADLINE_MS;

const { store, serverReady, caseProcess, answer, stop, destroy, leakScan } = DEADLINE_MS;

/** What the agent may need for each part of a cell before it is heard of again; `work` is besides the work's own time. */
export const PART_MS = {
	/** Where leaks are looked for, the first cell has the boot's looked for first. */
	store: 2 * store + LEAK_AGE_MS + leakScan,
	"server-start": serverReady + destroy + answer,
	work: caseProcess + 2 * answer + 2 * stop,
	teardown: answer + 2 * stop + 2 * destroy,
	/** Only where leaks are looked for. */
	leaks: 2 * LEAK_AGE_MS + 3 * leakScan,
} as const;

export type Part = keyof typeof PART_MS;

/** All that the guest may need for a cell besides its work. */
export const AROUND_WORK_MS = Object.values(PART_MS).reduce((sum, part) => sum + part, 0);

/** The agent's or init's look at what hangs, after which the host gives the guest up. */
export const LOOK_MS = 4_000;
