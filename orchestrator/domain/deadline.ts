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
} as const;

export type Stage = keyof typeof DEADLINE_MS;

/** All that the guest may need for a cell besides its work: stop comes twice, by the case and after it. */
export const AROUND_WORK_MS =
	2 * DEADLINE_MS.store +
	DEADLINE_MS.serverReady +
	DEADLINE_MS.caseProcess +
	2 * DEADLINE_MS.answer +
	4 * DEADLINE_MS.stop +
	3 * DEADLINE_MS.destroy;

/** Init's look at what hangs, after which the host gives the guest up. */
export const LOOK_MS = 4_000;
