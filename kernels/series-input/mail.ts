/** Bytes to mails. */
import PostalMime, { type Email } from "postal-mime";
import { plainLine } from "../../orchestrator/domain/plain-text.ts";
import { invalidSeries, sha256 } from "./series.ts";

export interface Mail {
	readonly subject: string;
	readonly author: string;
	/** Plain text, LF at line ends. */
	readonly body: string;
	/** Empty when the mail has none. */
	readonly id: string;
	/** sha256 of its bytes from its From_ line on, LF at line ends: what `git format-patch` writes to a file, hex. */
	readonly digest: string;
}

/** A parser of mail takes about twenty seconds for a million lines; no patch is as long as this. */
const LONGEST_MAIL = 16 * 1024 * 1024;
const MOST_LINES = 500_000;

/** As git's mailsplit has it: `From WHO` with a time of day and a year; a sentence that starts with "From" has neither. */
const FROM_LINE = /^From \S.* \d{1,2}:\d{2}(:\d{2})?.* \d{4}\b/;
/** A longer line is none, and the pattern would look at it for minutes. */
const LONGEST_FROM_LINE = 500;

const isFromLine = (line: string): boolean => line.length <= LONGEST_FROM_LINE && FROM_LINE.test(line);

/** Cuts an mbox at its From_ lines, which stay; a text without any is one mail. CR LF becomes LF. */
export const splitMbox = (bytes: Uint8Array): readonly Uint8Array[] => {
	// latin1 keeps every byte as it is.
	const lines = Buffer.from(bytes)
		.toString("latin1")
		.replaceAll("\r\n", "\n")
		.split(/(?<=\n)/);
	const mails: string[][] = [];
	for (const line of lines) {
		const starts = isFromLine(line);
		// The empty line before a From_ line is the mbox's, not the mail's.
		if (starts && mails.at(-1)?.at(-1) === "\n") mails.at(-1)?.pop();
		if (starts || (mails.length === 0 && line.trim() !== "")) mails.push([]);
		mails.at(-1)?.push(line);
	}
	return mails.map((mail) => Buffer.from(mail.join(""), "latin1"));
};

/** Without the From_ line and the quoting of lines that look like one. */
const restored = (mail: Uint8Array): Uint8Array => {
	const text = Buffer.from(mail).toString("latin1");
	const start = isFromLine(text.slice(0, text.indexOf("\n"))) ? text.indexOf("\n") + 1 : 0;
	return Buffer.from(text.slice(start).replaceAll(/^>(>*From )/gm, "$1"), "latin1");
};

const parse = async (bytes: Uint8Array, origin: string): Promise<Email> => {
	const lines = bytes.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0);
	if (bytes.length > LONGEST_MAIL || lines > MOST_LINES)
		throw invalidSeries(
			`A mail in ${origin} is ${Math.round(bytes.length / 1024 ** 2)} MiB and ${lines} lines long; at most ${LONGEST_MAIL / 1024 ** 2} MiB and ${MOST_LINES} lines are read.`,
			"Is it an mbox? Attachments of this size are no patches.",
		);
	try {
		return await PostalMime.parse(restored(bytes));
	} catch (cause) {
		throw invalidSeries(
			`A mail in ${origin} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
			"Is it an mbox? `git format-patch --stdout` writes one.",
			cause,
		);
	}
};

/** Reads one mail. `origin` is how messages call the file it is from. */
export const readMail = async (bytes: Uint8Array, origin: string): Promise<Mail> => {
	const { subject = "", from, text = "", messageId = "" } = await parse(bytes, origin);
	const author = [from?.name, from?.address && `<${from.address}>`].filter(Boolean).join(" ");
	return {
		subject: plainLine(subject.replaceAll(/\s+/g, " ")).trim(),
		author: plainLine(author),
		body: text.replaceAll("\r\n", "\n"),
		id: messageId,
		digest: sha256(bytes),
	};
};
