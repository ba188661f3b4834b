/** Why a patch does not fit a tree: the first hunk that finds no place, and what stands where it should. Pure. */
import type { FileDiff, Hunk } from "./diff.ts";

/** Where a hunk that has no place would come nearest to one. */
export interface Misfit {
	readonly hunk: Hunk;
	/** 0-based line of the file that the best match begins at. */
	readonly at: number;
	/** Lines of the hunk's old side that stand there. */
	readonly matching: number;
	readonly wanted: readonly string[];
}

/** The lines that a hunk wants to find. */
const wantedBy = (hunk: Hunk): readonly string[] =>
	hunk.lines.filter((line) => line.startsWith(" ") || line.startsWith("-")).map((line) => line.slice(1));

/** Of a longer hunk the beginning says enough, and a search for the nearest match takes time. */
const MOST_COMPARED = 400;

const matchesAt = (lines: readonly string[], wanted: readonly string[], at: number): boolean =>
	wanted.every((line, index) => lines[at + index] === line);

/** Positions in a file, nearest to `from` first. */
function* nearestTo(from: number, last: number): Generator<number> {
	const start = Math.min(Math.max(from, 0), Math.max(last, 0));
	for (let distance = 0; distance <= Math.max(start, last - start); distance += 1) {
		if (start + distance <= last) yield start + distance;
		if (distance > 0 && start - distance >= 0) yield start - distance;
	}
}

/** The first hunk that has no place in the lines of a file, as `git apply` looks for one: at any offset, without fuzz. */
export const firstMisfit = (lines: readonly string[], { hunks }: FileDiff): Misfit | undefined => {
	let shift = 0;
	for (const hunk of hunks) {
		const wanted = wantedBy(hunk);
		const expected = hunk.oldLine - 1 + shift;
		let best = { at: expected, matching: -1 };
		for (const at of nearestTo(expected, lines.length - 1)) {
			if (matchesAt(lines, wanted, at)) {
				best = { at, matching: wanted.length };
				break;
			}
			const matching = wanted
				.slice(0, MOST_COMPARED)
				.filter((line, index) => line.trim() !== "" && lines[at + index] === line).length;
			if (matching > best.matching) best = { at, matching };
		}
		if (best.matching < wanted.length) return { hunk, wanted, ...best };
		shift = best.at - (hunk.oldLine - 1);
	}
	return undefined;
};

/** Longest common subsequence as a diff: ` ` both, `-` only wanted, `+` only there. */
const compare = (wanted: readonly string[], there: readonly string[]): readonly string[] => {
	const longest = Array.from({ length: wanted.length + 1 }, () => new Array<number>(there.length + 1).fill(0));
	const cell = (i: number, j: number): number => longest[i]?.[j] ?? 0;
	for (let i = wanted.length - 1; i >= 0; i -= 1)
		for (let j = there.length - 1; j >= 0; j -= 1) {
			const row = longest[i];
			if (row !== undefined)
				row[j] = wanted[i] === there[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
		}
	const lines: string[] = [];
	let [i, j] = [0, 0];
	while (i < wanted.length || j < there.length)
		if (i < wanted.length && wanted[i] === there[j]) {
			lines.push(` ${wanted[i]}`);
			[i, j] = [i + 1, j + 1];
		} else if (j >= there.length || (i < wanted.length && cell(i + 1, j) >= cell(i, j + 1))) {
			lines.push(`-${wanted[i]}`);
			i += 1;
		} else {
			lines.push(`+${there[j]}`);
			j += 1;
		}
	return lines;
};

const MOST_LINES = 12;

/** The part of a comparison that a reader wants: around its first difference. */
const aroundDifference = (lines: readonly string[]): readonly string[] => {
	const first = lines.findIndex((line) => !line.startsWith(" "));
	const start = Math.max(0, Math.min(first - 3, lines.length - MOST_LINES));
	return lines.slice(start, start + MOST_LINES);
};

/** Shows what a hunk wants and what stands at its best match in the file. */
export const showMisfit = (lines: readonly string[], { file, hunks }: FileDiff, misfit: Misfit): readonly string[] => {
	const { hunk, at, matching, wanted } = misfit;
	const compared = wanted.slice(0, MOST_COMPARED);
	const there = lines.slice(at, at + compared.length);
	return [
		`${file}, hunk ${hunk.number} of ${hunks.length}, for line ${hunk.oldLine}: ${
			matching > 0
				? `line ${at + 1} of the tree comes nearest, with ${matching} of ${wanted.length} lines`
				: "none of its lines is in the tree"
		} (- wanted, + in the tree)`,
		...aroundDifference(compare(compared, matching > 0 ? there : [])).map((line) => `  ${line}`),
	];
};
