/** The kernel log since a mark, read record by record from /dev/kmsg (Documentation/ABI/testing/dev-kmsg). */
import { constants, openSync, readSync, writeFileSync } from "node:fs";

/** Most that is taken of one cell's kernel log, in characters. */
const LIMIT = 256 * 1024;

const kmsg = openSync("/dev/kmsg", constants.O_RDONLY | constants.O_NONBLOCK);
const record = Buffer.alloc(8192);

const errorCode = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

let ofCell = "";

/** Everything that was logged since the last call. */
const takeKernelLog = (): string => {
	let text = "";
	for (;;) {
		let length: number;
		try {
			length = readSync(kmsg, record);
		} catch (error) {
			// EPIPE: records were overwritten before we read them; reading goes on with the oldest kept one.
			if (errorCode(error) === "EPIPE") {
				text += "[fuselab: kernel log records were lost]\n";
				continue;
			}
			return text;
		}
		if (length <= 0) return text;
		const line = record.toString("utf8", 0, length);
		const [meta = "", message = ""] = [line.slice(0, line.indexOf(";")), line.slice(line.indexOf(";") + 1)];
		const seconds = Number(meta.split(",")[2] ?? 0) / 1e6;
		// Continuation lines ("\n KEY=value") are device properties, not messages.
		if (text.length < LIMIT) text += `[${seconds.toFixed(6).padStart(12)}] ${message.split("\n")[0]}\n`;
	}
};

/** What was logged since the last call; it counts as the cell's too. */
export const readKernelLog = (): string => {
	const text = takeKernelLog();
	ofCell += text.slice(0, LIMIT - ofCell.length);
	return text;
};

/** Everything that was logged since the mark. */
export const kernelLogOfCell = (): string => {
	readKernelLog();
	return ofCell;
};

/** Forgets what came before and writes a mark, so that the console shows which cell was running. */
export const markKernelLog = (cell: string): void => {
	takeKernelLog();
	ofCell = "";
	writeFileSync("/dev/kmsg", `<5>fuselab: cell ${cell}\n`);
};
