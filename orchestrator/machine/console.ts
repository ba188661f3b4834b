/** Console and kernel-log text as messages. Pure; the text is untrusted. */
import { plainText } from "../domain/plain-text.ts";

/** Text without terminal escapes and control characters; newlines and tabs stay. */
export const sanitise = (text: string): string => plainText(text);

export const LONGEST_LINE = 500;

/** What printk puts before a message: level, time, and the caller with CONFIG_PRINTK_CALLER. */
const STAMP = /^(?:<\d+>)?\s*\[\s*\d+\.\d{6}\](?:\[\s*[TC]\d+\])?\s?/;
/** A printk record in the middle of a line: user space had not ended its own line. */
const STAMP_INSIDE = /(?<=\S.*)\[\s*\d+\.\d{6}\](?:\[\s*[TC]\d+\])? /g;

/** The messages of a log, a line each, without stamps. */
export const messagesOf = (text: string): readonly string[] =>
	sanitise(text)
		.split("\n")
		.flatMap((line) =>
			line
				.slice(0, 8 * LONGEST_LINE)
				.replaceAll(STAMP_INSIDE, "\n$&")
				.split("\n"),
		)
		.map((line) => line.replace(STAMP, "").slice(0, LONGEST_LINE).trimEnd());

/** The function at the beginning of a line of a stack; undefined for one that the unwinder only found lying around (`?`). */
export const functionIn = (message: string): string | undefined =>
	/^\s*(?:\[<\S+>\] |R?IP: \d+:)?([A-Za-z_][\w.]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/.exec(message)?.[1];
