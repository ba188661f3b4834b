/**
 * In which order a mutant meets the cells: what killed it before, then what is related to it, and of these what kills often
 * and quickly.
 */
import type { Cell } from "../domain/cell.ts";
import type { KillMemory, Mutant } from "../domain/mutant.ts";
import type { CellRecord } from "../domain/run.ts";
import { type Relevance, stepsOf } from "./relevance.ts";

/** A cell's id without its kernel and its repeat: the same for every kernel of a config. */
export const squareOf = ({ id, kernel, repeat }: Cell): string =>
	id.slice(kernel.length + 1, id.length - `#${repeat}`.length);

/** Seconds that a cell is taken to need before it has ever passed. */
const USUAL_SECONDS = 2;

/** The cells in the order in which a mutant should meet them; those that nothing is known about keep theirs. */
export const orderCells = (
	cells: readonly Cell[],
	{ killers, squares }: KillMemory,
	mutant: Mutant,
	relevance: Relevance,
): readonly Cell[] => {
	const steps = stepsOf(relevance.of(mutant, cells));
	return cells
		.map((cell, index) => {
			const square = squareOf(cell);
			const { kills = 0, seconds = null } = squares[square] ?? {};
			const cost = Math.max(seconds ?? USUAL_SECONDS, 0.01);
			return {
				cell,
				own: killers[mutant.digest] === square ? 0 : 1,
				step: steps[index] ?? 0,
				rate: kills / cost,
				cost,
			};
		})
		.sort((a, b) => a.own - b.own || a.step - b.step || b.rate - a.rate || a.cost - b.cost)
		.map(({ cell }) => cell);
};

/** The memory after one mutant: how long what passed took, and what killed. */
export const learn = (
	memory: KillMemory,
	digest: string,
	records: readonly CellRecord[],
	killer: CellRecord | undefined,
): KillMemory => {
	const squares = { ...memory.squares };
	for (const { cell, verdict, seconds } of records)
		if (verdict.outcome === "pass") squares[squareOf(cell)] = { kills: squares[squareOf(cell)]?.kills ?? 0, seconds };
	if (killer === undefined) return { ...memory, squares };
	const square = squareOf(killer.cell);
	const { kills = 0, seconds = null } = squares[square] ?? {};
	return {
		killers: { ...memory.killers, [digest]: square },
		squares: { ...squares, [square]: { kills: kills + 1, seconds } },
	};
};
