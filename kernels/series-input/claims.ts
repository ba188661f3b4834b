/** Throughput figures that a cover letter claims, in a table or in sentences. Pure. */

export interface Claim {
	/** E.g. `direct random read`. */
	readonly workload: string;
	/** What it was measured with, in the letter's words, e.g. `baseline`; empty when the letter names nothing. */
	readonly variant: string;
	readonly value: number;
	readonly unit: "MiB/s" | "MB/s" | "GiB/s" | "GB/s";
	/** True where the letter says "about". */
	readonly about: boolean;
	/** Gain over the baseline as the letter states it. */
	readonly statedPercent: number | undefined;
	/** The same from the two figures; undefined for the baseline itself. */
	readonly computedPercent: number | undefined;
}

/** Nobody writes longer ones, and the patterns would look at them for minutes. */
const LONGEST_LINE = 1000;

type Unit = Claim["unit"];
type Draft = Omit<Claim, "computedPercent">;

const WORKLOAD =
	/\b(?:(direct|buffered)(?:[ -]i\/?o)?[ -]+)?(?:(random|sequential|rand|seq)[ -]*)?(?:(read|write)s?)\b|\b(rand|seq)(read|write)s?\b/i;

const workloadIn = (text: string): string | undefined => {
	const found = WORKLOAD.exec(text);
	if (found === null) return undefined;
	const [, cache, order = found[4], operation = found[5]] = found;
	// A bare "read" is in every other sentence of a letter.
	if (cache === undefined && order === undefined) return undefined;
	const full = { rand: "random", seq: "sequential" }[order?.toLowerCase() ?? ""] ?? order;
	return [cache, full, operation].filter(Boolean).join(" ").toLowerCase();
};

const NUMBER = String.raw`(~|≈|about |around )?\s*(\d[\d,]*(?:\.\d+)?)`;
const FIGURE = new RegExp(String.raw`${NUMBER}\s*([MG]i?B)\/s`, "gi");
const PERCENT = /(?:~|≈|about|around)?\s*(\d+(?:\.\d+)?)\s*%/i;

const numberOf = (text: string): number => Number(text.replaceAll(",", ""));
const unitOf = (text: string): Unit =>
	`${text.replace(/b$/i, "B").replace("m", "M").replace("g", "G").replace("I", "i")}/s` as Unit;

/** The words just before a figure: `  - zero-copy: ` is `zero-copy`. */
const variantIn = (before: string): string =>
	(before.split(/->|→|[;,]|\bvs\.?\s|\bto\b/).at(-1) ?? "")
		.replaceAll(/[:=*•|()\t]|^\s*-\s|\s-\s*$/g, " ")
		.replaceAll(/\s+/g, " ")
		.trim();

/** Figures of one line of plain text, for the workload that it or a line before it names. */
const ofSentence = (line: string, workload: string): readonly Draft[] => {
	const figures = [...line.matchAll(FIGURE)];
	return figures.map((figure, index) => {
		const end = figure.index + figure[0].length;
		const previous = figures[index - 1];
		const before = line.slice(previous === undefined ? 0 : previous.index + previous[0].length, figure.index);
		const percent = PERCENT.exec(line.slice(end, figures[index + 1]?.index ?? line.length));
		return {
			workload,
			variant: variantIn(before.replace(/.*%[^:;,]*\)?/, "").replace(WORKLOAD, " ")),
			value: numberOf(figure[2] ?? ""),
			unit: unitOf(figure[3] ?? ""),
			about: figure[1] !== undefined,
			statedPercent: percent === null ? undefined : Number(percent[1]),
		};
	});
};

const cellsOf = (line: string): readonly string[] =>
	line
		.trim()
		.replace(/^\|/, "")
		.replace(/\|$/, "")
		.split("|")
		.map((cell) => cell.trim());

/** Figures of one row; a column of percentages belongs to the figures left of it. */
const ofRow = (cells: readonly string[], head: readonly string[], unit: Unit): readonly Draft[] => {
	const workload = workloadIn(cells[0] ?? "");
	if (workload === undefined) return [];
	const drafts: Draft[] = [];
	for (const [index, cell] of cells.entries()) {
		const figure = new RegExp(`^${NUMBER}`, "i").exec(cell);
		if (index === 0 || figure === null) continue;
		const last = drafts.at(-1);
		const percent = PERCENT.exec(cell);
		if (percent !== null && last !== undefined && /^[^/(]*%/.test(cell))
			drafts.splice(-1, 1, { ...last, statedPercent: Number(percent[1]) });
		else
			drafts.push({
				workload,
				variant: (head[index] ?? "").replace(/,?\s*\(?[MG]i?B\/s\)?/i, "").trim(),
				value: numberOf(figure[2] ?? ""),
				unit,
				about: figure[1] !== undefined,
				statedPercent: percent === null ? undefined : Number(percent[1]),
			});
	}
	return drafts;
};

const withComputed = (drafts: readonly Draft[]): readonly Claim[] =>
	drafts.map((draft) => {
		const same = drafts.filter(({ workload, unit }) => workload === draft.workload && unit === draft.unit);
		const baseline = same.find(({ variant }) => /\b(?:base(?:line)?|before|iovec|without)\b/i.test(variant)) ?? same[0];
		const percent = baseline === undefined || baseline === draft ? undefined : (draft.value / baseline.value - 1) * 100;
		return { ...draft, computedPercent: percent === undefined ? undefined : Math.round(percent * 10) / 10 };
	});

/** Reads a cover letter. What it says in another form is not found, which is no proof that it claims nothing. */
export const claimsIn = (text: string): readonly Claim[] => {
	const drafts: Draft[] = [];
	let workload: string | undefined;
	let head: readonly string[] = [];
	let unit: Unit | undefined;
	for (const line of text.split("\n").filter(({ length }) => length <= LONGEST_LINE)) {
		if ((line.match(/\|/g)?.length ?? 0) >= 2) {
			const cells = cellsOf(line);
			if (cells.every((cell) => /^:?-*:?$/.test(cell))) continue;
			const named = /([MG]i?B)\/s/i.exec(line)?.[1];
			if (named !== undefined) unit = unitOf(named);
			if (workloadIn(cells[0] ?? "") === undefined) head = cells;
			else if (unit !== undefined) drafts.push(...ofRow(cells, head, unit));
			continue;
		}
		const named = /([MG]i?B)\/s/i.exec(line)?.[1];
		if (named !== undefined && !FIGURE.test(line)) unit = unitOf(named);
		FIGURE.lastIndex = 0;
		workload = workloadIn(line) ?? workload;
		if (workload !== undefined) drafts.push(...ofSentence(line, workload));
	}
	return withComputed(drafts);
};
