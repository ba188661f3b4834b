/** In which order a mutant meets the cells: what killed before comes first, and the quick before the slow. */
import type { Cell } from "../domain/cell.ts";
import type { KillMemory } from "../domain/mutant.ts";
import type { CellRecord } from "../domain/run.ts";

/** A cell's id without its kernel and its repeat: the same for every kernel of a config. */
export const squareOf = ({ id, kernel, repeat }: Cell): string =>
	id.slice(kernel.length + 1, id.length - `#${repeat}`.length);

/** Seconds that a cell is taken to need before it has ever passed. */
const USUAL_SECONDS = 2;

const byScore =
	({ killers, squares }: KillMemory, digest: string) =>
	(a: Cell, b: Cell): number => {
		const [first, second] = [a, b].map((cell) => {
			const square = squareOf(cell);
			const { kills = 0, seconds = null } = squares[square] ?? {};
			const cost = Math.max(seconds ?? USUAL_SECONDS, 0.01);
			return { own: killers[digest] === square ? 1 : 0, rate: kills / cost, cost };
		});
		if (first === undefined || second === undefined) return 0;
		return second.own - first.own || second.rate - first.rate || first.cost - second.cost;
	};

/** The cells in the order in which a mutant should meet them. Cells that nothing is known about keep theirs. */
export const orderCells = (cells: readonly Cell[], memory: KillMemory, digest: string): readonly Cell[] =>
	[...cells].sort(byScore(memory, digest));

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
