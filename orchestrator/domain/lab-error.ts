/** What went wrong in the lab itself; faults of the kernel, server or case under test are verdicts, never errors. */
export type LabErrorCode =
	| "usage"
	| "config-invalid"
	| "tool-missing"
	| "host-unsupported"
	| "disk-full"
	| "source-missing"
	| "fetch-failed"
	| "series-invalid"
	| "bundle-invalid"
	| "patch-failed"
	| "kernel-config-lost"
	| "build-failed"
	| "root-failed"
	| "boot-failed"
	| "channel-lost"
	| "agent-silent"
	| "run-missing"
	| "busy"
	| "leaked"
	| "interrupted";

export interface LabErrorFacts {
	readonly code: LabErrorCode;
	/** One sentence: what happened. */
	readonly sentence: string;
	/** What the reader can do now. */
	readonly hint?: string;
	/** Last lines or single facts, at most 20 are shown. */
	readonly evidence?: readonly string[];
	/** Path of the whole log. */
	readonly log?: string;
	readonly cause?: unknown;
}

export class LabError extends Error {
	override readonly name = "LabError";
	readonly code: LabErrorCode;
	readonly hint: string | undefined;
	readonly evidence: readonly string[];
	readonly log: string | undefined;

	constructor(facts: LabErrorFacts) {
		super(facts.sentence, { cause: facts.cause });
		this.code = facts.code;
		this.hint = facts.hint;
		this.evidence = facts.evidence ?? [];
		this.log = facts.log;
	}
}

/** Exit statuses of every command (sysexits.h where it has a word for it). */
export const EXIT = {
	hoped: 0,
	subjectFailed: 1,
	cannotTell: 2,
	usage: 64,
	hostCannot: 69,
	ourBug: 70,
	config: 78,
	sigint: 130,
	sigterm: 143,
} as const;

/** The exit status that belongs to an error of the lab. */
export const exitStatusOf = (code: LabErrorCode): number => {
	switch (code) {
		case "usage":
			return EXIT.usage;
		case "config-invalid":
		case "series-invalid":
		case "bundle-invalid":
			return EXIT.config;
		case "tool-missing":
		case "host-unsupported":
		case "disk-full":
		case "source-missing":
		case "fetch-failed":
			return EXIT.hostCannot;
		case "patch-failed":
		case "build-failed":
		case "kernel-config-lost":
			return EXIT.subjectFailed;
		case "interrupted":
			return EXIT.sigint;
		default:
			return EXIT.cannotTell;
	}
};
