import { LabError } from "../domain/lab-error.ts";

type Reason = "SIGINT" | "SIGTERM" | "SIGHUP";

const controller = new AbortController();
let received: Reason | undefined;
const lastResorts = new Set<() => void>();

/** The one root signal: whatever can wait takes it, or one derived from it. */
export const interrupt = {
	signal: controller.signal,
	received: (): Reason | undefined => received,
} as const;

/**
 * Registers a synchronous last resort (kill a process group): it runs on a second interrupt and when this process exits.
 * Gives back the function that takes it away.
 */
export const onLastResort = (act: () => void): (() => void) => {
	lastResorts.add(act);
	return () => lastResorts.delete(act);
};

const actLastResorts = (): void => {
	for (const act of lastResorts) {
		try {
			act();
		} catch {
			// One that fails must not keep the others from running.
		}
	}
};

/** Installs the handlers; called once, by main. The first signal aborts, the second kills at once. */
export const installInterruptHandlers = (): void => {
	const handle = (reason: Reason): void => {
		if (received !== undefined) {
			actLastResorts();
			process.exit(reason === "SIGTERM" ? 143 : 130);
		}
		received = reason;
		controller.abort(
			new LabError({ code: "interrupted", sentence: `Interrupted by ${reason}; what is known so far is kept.` }),
		);
	};
	for (const reason of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(reason, () => handle(reason));
	process.on("exit", actLastResorts);
};
