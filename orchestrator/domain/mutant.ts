/** Seeded kernel bugs, and whether the cases notice them. */

/** Machines that a bug may show on; `qemu` is any QEMU. */
export const MUTANT_MACHINES = ["uml", "qemu"] as const;
export type MutantMachine = (typeof MUTANT_MACHINES)[number];

/** One patch that breaks something. What a foreign patch does not say is null. */
export interface Mutant {
	/** The file's name without its ending. */
	readonly name: string;
	/** Absolute path of the patch. */
	readonly file: string;
	/** sha256 of the patch, hex. */
	readonly digest: string;
	/** One sentence. */
	readonly breaks: string | null;
	/** What its message says of itself: what breaks, the area, what an observer sees; empty where it says nothing. */
	readonly about: string;
	/** Kernel functions that it changes or that its lines call. */
	readonly functions: readonly string[];
	readonly machines: readonly MutantMachine[] | null;
	/** Modes in which it can show; the other modes are not run. */
	readonly modes: readonly string[] | null;
	/** Why no user-space observer can see it, where that is so. */
	readonly equivalent: string | null;
}

export const MUTANT_OUTCOMES = ["killed", "survived", "broke-boot", "does-not-apply", "does-not-build"] as const;
export type MutantOutcome = (typeof MUTANT_OUTCOMES)[number];

/** One line of the table, and exactly what `--json` shows of a mutant. */
export interface MutantResult {
	readonly name: string;
	readonly outcome: MutantOutcome;
	/** Id of the first cell that failed. */
	readonly killingCase: string | null;
	/** Building, booting and running, without waiting for its turn. */
	readonly seconds: number;
}

/** A result with what the lab itself has to say about it. */
export interface MutantFinding {
	readonly mutant: Mutant;
	readonly result: MutantResult;
	/** One sentence: the killing cell's verdict, or why there was nothing to run. */
	readonly detail: string;
	/** Cells about which the lab could not tell. */
	readonly undecided: number;
}

/** What earlier hunts taught; a square is a cell's id without its kernel and repeat. */
export interface KillMemory {
	/** The square that killed a mutant, by the mutant's digest. */
	readonly killers: Readonly<Record<string, string>>;
	readonly squares: Readonly<Record<string, { readonly kills: number; readonly seconds: number | null }>>;
}
