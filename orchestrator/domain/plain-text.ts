/** Text from a guest may steer a terminal: these functions take that power away before it is matched, kept or shown. */

const ESC = "\\u001b";
// Operating-system, device-control and the other string sequences end in BEL or ST; an unterminated one ends with its line.
const STRINGS = new RegExp(
	`(?:${ESC}[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c\\n]*(?:\\u0007|${ESC}\\\\|\\u009c)?`,
	"g",
);
const CONTROL_SEQUENCES = new RegExp(`(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]?`, "g");
const SHORT_ESCAPES = new RegExp(`${ESC}[ -/]*[0-~]?`, "g");
// Control characters, and the format characters that reorder or hide text on a terminal.
const CONTROLS = /(?![\n\t])[\p{Cc}\p{Cf}]/gu;

/** Removes terminal escapes and control characters; newlines and tabs stay, and every kind of line break becomes a newline. */
export const plainText = (text: string): string =>
	text
		// A lone carriage return starts a line on a real terminal; matching at line starts has to see it so.
		.replaceAll(/\r+\n|\r|\u2028|\u2029/g, "\n")
		.replaceAll(STRINGS, "")
		.replaceAll(CONTROL_SEQUENCES, "")
		.replaceAll(SHORT_ESCAPES, "")
		.replaceAll(CONTROLS, "");

/** `plainText` on one line: runs of line breaks and tabs become one space. */
export const plainLine = (text: string): string => plainText(text).replaceAll(/[\n\t]+/g, " ");
