import { EXIT } from "../domain/lab-error.ts";
import type { ArchivedRun } from "../domain/run.ts";

/** Counts over the cells of a run. */
export interface Totals {
	readonly pass: number;
	readonly fail: number;
	readonly skip: number;
	readonly broken: number;
	/** Planned cells without a record. */
	readonly neverRan: number;
	/** Records that are there and cannot be read. */
	readonly unreadable: number;
}

/** Planned cells without a record, in the order of the plan. */
export const neverRan = ({ run, cells }: ArchivedRun): readonly string[] => {
	const recorded = new Set(cells.map(({ cell }) => cell.id));
	return run.planned.filter((id) => !recorded.has(id));
};

/** Counts the verdicts. */
export const totalsOf = (archived: ArchivedRun): Totals => {
	const count = (outcome: string): number => archived.cells.filter(({ verdict }) => verdict.outcome === outcome).length;
	return {
		pass: count("pass"),
		fail: count("fail"),
		skip: count("skip"),
		broken: count("broken"),
		neverRan: neverRan(archived).length,
		unreadable: archived.unreadable.length,
	};
};

/** 1 when a cell failed or a kernel could not be built; else 2 when the lab cannot tell about some cell; else 0. */
export const exitStatusOfRun = (archived: ArchivedRun): number => {
	const totals = totalsOf(archived);
	if (totals.fail > 0 || archived.run.unbuilt.length > 0) return EXIT.subjectFailed;
	if (totals.broken + totals.neverRan + totals.unreadable > 0) return EXIT.cannotTell;
	// A run in which nothing was asked or everything was skipped has shown nothing wrong.
	return EXIT.hoped;
};
