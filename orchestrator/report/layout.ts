/** Words into lines and columns; the only place where records become terminal text. */
import { plainLine } from "../domain/plain-text.ts";

/** A terminal of 100 columns shows a report without wrapping where the names allow it. */
export const WIDTH = 100;

export interface Style {
	readonly colour: boolean;
}

const CODES = { pass: "32", FAIL: "1;31", skip: "33", BROKEN: "1;35", bold: "1", dim: "2" } as const;
export type Paint = keyof typeof CODES;

/** Colours a text that holds no escapes yet. */
export const paint = (style: Style, how: Paint, text: string): string =>
	style.colour ? `\u001b[${CODES[how]}m${text}\u001b[0m` : text;

/** A record's text: one line, no control characters, cut at `most` characters. */
export const clean = (text: string, most = 1000): string => {
	const line = plainLine(text).trim();
	return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};

/** Text in lines of at most `width`, each indented; a word that is longer keeps a line of its own. */
export const wrap = (text: string, indent: string, width = WIDTH): readonly string[] => {
	const lines: string[] = [];
	let line = "";
	for (const word of clean(text).split(/ +/)) {
		if (line !== "" && indent.length + line.length + 1 + word.length > width) {
			lines.push(indent + line);
			line = word;
		} else line = line === "" ? word : `${line} ${word}`;
	}
	return [...lines, indent + line];
};

export interface Square {
	readonly text: string;
	readonly paint?: Paint;
}

/** Rows as aligned columns, two spaces apart; the first column is at the left, `right` puts the others at the right. */
export const columns = (rows: readonly (readonly Square[])[], style: Style, right = false): readonly string[] => {
	const widths: number[] = [];
	for (const row of rows)
		for (const [index, { text }] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, text.length);
	return rows.map((row) =>
		row
			.map(({ text, paint: how }, index) => {
				const space = " ".repeat((widths[index] ?? 0) - text.length);
				const shown = how === undefined ? text : paint(style, how, text);
				return right && index > 0 ? space + shown : shown + space;
			})
			.join("  ")
			.trimEnd(),
	);
};

/** `4 min 12 s`. */
export const duration = (seconds: number): string => {
	if (!Number.isFinite(seconds) || seconds < 0) return "an unknown time";
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

/** `1 cell`, `3 cells`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
