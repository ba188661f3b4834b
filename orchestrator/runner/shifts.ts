/** In which order cells run, and on how many guests at once. Pure. */
import type { Cell } from "../domain/cell.ts";

/** Seconds that a cell is taken to need before it has ever passed. */
const USUAL_SECONDS = 2;

/** Cells that may run at once, in the order in which they are begun. */
export interface Shift {
	readonly cells: readonly Cell[];
	/** More than one guest may carry them. */
	readonly parallel: boolean;
}

export type SecondsOf = (cell: Cell) => number | undefined;

const runsOf = (cells: readonly Cell[]): readonly (readonly Cell[])[] => {
	const runs: Cell[][] = [];
	for (const cell of cells) {
		const [last] = runs.at(-1) ?? [];
		if (last !== undefined && last.cpus === cell.cpus && last.work.kind === cell.work.kind) runs.at(-1)?.push(cell);
		else runs.push([cell]);
	}
	return runs;
};

/**
 * Cells of one kernel in shifts: those on one number of CPUs share guests; figures run alone and in the plan's order, as a
 * neighbour would be measured too. Of a round's checks the longest come first, so that no guest is left with a long one at
 * the end, and those that want a guest of their own come last, so that the others share one. Rounds stay in order: a run
 * that is stopped has whole ones.
 */
export const shiftsOf = (
	cells: readonly Cell[],
	secondsOf: SecondsOf | undefined,
	wantsFresh: (cell: Cell) => boolean = () => false,
): readonly Shift[] =>
	runsOf(cells).map((run) => {
		const parallel = run.every(({ work }) => work.kind === "check");
		if (!parallel) return { cells: run, parallel };
		const seconds = (cell: Cell): number => (secondsOf === undefined ? 0 : (secondsOf(cell) ?? USUAL_SECONDS));
		const sorted = [...run].sort(
			(a, b) => a.repeat - b.repeat || Number(wantsFresh(a)) - Number(wantsFresh(b)) || seconds(b) - seconds(a),
		);
		return { cells: sorted, parallel };
	});

/** Whether another guest pays: what is left for it to take over must last longer than its boot. */
export const anotherGuestPays = (
	left: readonly Cell[],
	working: number,
	bootSeconds: number,
	secondsOf: SecondsOf | undefined,
): boolean => {
	const seconds = left.reduce((sum, cell) => sum + (secondsOf?.(cell) ?? USUAL_SECONDS), 0);
	return seconds / (working + 1) > bootSeconds;
};
