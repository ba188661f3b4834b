/** Limit against outcome as a plain SVG: a line for each server, its limits by powers of two. Pure. */
import { limitPages } from "../domain/memlock.ts";
import type { MemlockPoint, MemlockRecord, MemlockRow } from "../domain/memlock-row.ts";
import { plainLine } from "../domain/plain-text.ts";

const COLOURS: Readonly<Record<MemlockPoint["outcome"], string>> = {
	works: "#2a7d3f",
	"in part": "#c9a227",
	"falls back": "#d9822b",
	ends: "#b3261e",
};

const LEFT = 400;
const RIGHT = 24;
const TOP = 58;
const ROW = 18;
const STEP = 26;

const escaped = (text: string): string =>
	plainLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

interface Line {
	readonly label: string;
	/** Pages, least first. */
	readonly points: readonly { readonly pages: number; readonly outcome: MemlockPoint["outcome"] }[];
	readonly predicted: number | null;
}

const keyOf = ({ question: { server, user, act } }: MemlockRow): string =>
	JSON.stringify([server.mode, user, act, server.options]);

/** Rows about the same server share a line, whatever limits they were about. */
const linesOf = (rows: readonly MemlockRow[]): readonly Line[] =>
	[...new Set(rows.map(keyOf))].map((key) => {
		const same = rows.filter((row) => keyOf(row) === key);
		const searched = same.find(({ question }) => question.limit === "search");
		const [shown] = searched === undefined ? same : [searched];
		const { mode } = shown?.question.server ?? { mode: "" };
		return {
			label: `${mode}: ${shown?.question.name ?? ""}${searched === undefined ? "" : ` (${searched.found ?? "?"} pages)`}`,
			points: same
				.flatMap(({ points }) => points)
				.map(({ limit, outcome }) => ({ pages: limitPages(limit), outcome }))
				.toSorted((a, b) => a.pages - b.pages),
			predicted: searched?.predicted ?? null,
		};
	});

/** Where a number of pages stands: 0 first, then powers of two, unlimited last. */
const placeOf = (pages: number, most: number): number =>
	LEFT + STEP * (pages === 0 ? 0 : Math.min(1 + Math.log2(pages), most + 4));

const text = (x: number, y: number, words: string, anchor = "start"): string =>
	`<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;

const lineSvg = ({ label, points, predicted }: Line, y: number, most: number): readonly string[] => {
	// From each limit that was tried on, up to the next; a single one says nothing about others.
	const bars = (points.length > 1 ? points : []).map(({ pages, outcome }, index) => {
		const start = placeOf(pages, most);
		const next = points[index + 1];
		const end = next === undefined ? placeOf(Number.POSITIVE_INFINITY, most) : placeOf(next.pages, most);
		return `<rect x="${start.toFixed(1)}" y="${y - 9}" width="${Math.max(1, end - start).toFixed(1)}" height="8" fill="${COLOURS[outcome]}" opacity="0.35"/>`;
	});
	const dots = points.map(
		({ pages, outcome }) =>
			`<circle cx="${placeOf(pages, most).toFixed(1)}" cy="${y - 5}" r="3" fill="${COLOURS[outcome]}"/>`,
	);
	const mark =
		predicted === null
			? []
			: [`<path d="M${placeOf(predicted, most).toFixed(1)} ${y - 13}v16" stroke="#000" stroke-width="1.2"/>`];
	return [text(LEFT - 12, y - 1, label, "end"), ...bars, ...mark, ...dots];
};

/** The whole picture; what was predicted is a black stroke, a tried limit a dot. */
export const memlockPlot = ({ rows, source, machine }: MemlockRecord): string => {
	const lines = linesOf(rows);
	const largest = lines.flatMap(({ points }) => points.map(({ pages }) => pages)).filter(Number.isFinite);
	const most = Math.ceil(Math.log2(Math.max(2, ...largest)));
	const width = placeOf(Number.POSITIVE_INFINITY, most) + 40 + RIGHT;
	const height = TOP + lines.length * ROW + 16;
	const ticks = [0, ...Array.from({ length: most + 1 }, (_, power) => 2 ** power), Number.POSITIVE_INFINITY];
	const axis = ticks.flatMap((pages) => {
		const x = placeOf(pages, most);
		const stroke = `<path d="M${x.toFixed(1)} ${TOP - 12}V${height - 10}" stroke="#ddd"/>`;
		const words = Number.isFinite(pages) ? String(pages) : "no limit";
		return [stroke, ...(Math.log2(pages) % 2 === 1 ? [] : [text(x, TOP - 18, words, "middle")])];
	});
	const legend = Object.entries(COLOURS).flatMap(([outcome, colour], index) => [
		`<circle cx="${LEFT + index * 100}" cy="14" r="4" fill="${colour}"/>`,
		text(LEFT + 9 + index * 100, 18, outcome),
	]);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width.toFixed(0)}" height="${height}" font-family="sans-serif" font-size="11">`,
		"<title>Limit of locked memory against outcome</title>",
		'<rect width="100%" height="100%" fill="#fff"/>',
		text(12, 18, `RLIMIT_MEMLOCK in pages, Linux ${source}, ${machine}`),
		...legend,
		text(LEFT + 410, 18, "| predicted"),
		...axis,
		...lines.flatMap((line, index) => lineSvg(line, TOP + (index + 1) * ROW, most)),
		"</svg>",
		"",
	].join("\n");
};
