/**
 * The shortest list that still fails, as far as leaving things out finds it: halves first, then smaller runs, then
 * each one alone. `fails` is asked at most `budget` times.
 */
export const shrink = async <T>(
	things: readonly T[],
	fails: (things: readonly T[]) => Promise<boolean>,
	budget: number,
): Promise<readonly T[]> => {
	let shortest = things;
	let asked = 0;
	for (let run = Math.ceil(things.length / 2); run >= 1; run = run === 1 ? 0 : Math.ceil(run / 2)) {
		// From the end: what comes after the failure goes first.
		for (let end = shortest.length; end > 0 && asked < budget; end -= run) {
			const shorter = [...shortest.slice(0, Math.max(0, end - run)), ...shortest.slice(end)];
			if (shorter.length === shortest.length) continue;
			asked += 1;
			if (await fails(shorter)) shortest = shorter;
		}
	}
	return shortest;
};
