import { createHash } from "node:crypto";
import PostalMime from "postal-mime";
import { LabError } from "../orchestrator/domain/lab-error.ts";

/** One patch as its mail holds it; place and count are the mail's own words (`[PATCH 2/3]`). */
export interface MailedPatch {
	readonly number: number | undefined;
	readonly total: number | undefined;
	/** Without the prefix in brackets. */
	readonly subject: string;
	readonly author: string;
	/** The diff itself, from its first line on. */
	readonly diff: string;
	/** sha256 of the mail, hex. */
	readonly digest: string;
}

interface Mail {
	readonly subject: string;
	readonly author: string;
	readonly body: string;
	readonly digest: string;
}

/** As git's mailsplit has it: `From WHO` with a time of day and a year; a sentence that starts with "From" has neither. */
const FROM_LINE = /^From \S.* \d{1,2}:\d{2}(:\d{2})?.* \d{4}\b/;

/** Cuts an mbox into mails, quoted From lines restored; a text without From_ lines is one mail. */
export const splitMbox = (bytes: Uint8Array): readonly Uint8Array[] => {
	// latin1 keeps every byte as it is.
	const lines = Buffer.from(bytes).toString("latin1").split("\n");
	const mails: string[][] = [];
	for (const line of lines) {
		if (FROM_LINE.test(line)) mails.push([]);
		else if (mails.length > 0) mails.at(-1)?.push(line.replace(/^>(>*From )/, "$1"));
		else if (line.trim() !== "") mails.push([line]);
	}
	return mails.map((mail) => Buffer.from(mail.join("\n"), "latin1"));
};

const readMail = async (bytes: Uint8Array): Promise<Mail> => {
	const mail = await PostalMime.parse(bytes);
	const from = mail.from === undefined ? undefined : [mail.from.name, mail.from.address && `<${mail.from.address}>`];
	return {
		subject: (mail.subject ?? "").replaceAll(/\s+/g, " ").trim(),
		author: from?.filter(Boolean).join(" ") ?? "",
		body: (mail.text ?? "").replaceAll("\r\n", "\n"),
		digest: createHash("sha256").update(bytes).digest("hex"),
	};
};

/** Where git's mailinfo sees the message end and the patch begin. */
const DIFF_START = /^(?:diff -|Index: |--- (?=\S))/m;

const understand = (mail: Mail): MailedPatch => {
	const prefix = /^(?:\s*\[[^\]]*\])+/.exec(mail.subject)?.[0] ?? "";
	const place = /\b(\d+)\/(\d+)\b/.exec(prefix);
	const start = mail.body.search(DIFF_START);
	// An author other than the sender stands as the first line of the body.
	const inBody = /^\s*From: +(.+)\n/.exec(mail.body)?.[1];
	return {
		number: place === null ? undefined : Number(place[1]),
		total: place === null ? undefined : Number(place[2]),
		subject: mail.subject.slice(prefix.length).trim(),
		author: inBody?.trim() ?? mail.author,
		diff: start < 0 ? "" : `${mail.body.slice(start).trimEnd()}\n`,
		digest: mail.digest,
	};
};

const invalid = (sentence: string, hint: string): LabError => new LabError({ code: "series-invalid", sentence, hint });

const inOrder = (patches: readonly MailedPatch[], name: string): readonly MailedPatch[] => {
	const total = patches[0]?.total ?? 0;
	const other = patches.find((patch) => patch.total !== total);
	if (other !== undefined)
		throw invalid(
			`${name} mixes series: one mail says x/${total}, "${other.subject}" says ${other.number}/${other.total ?? "?"}.`,
			"Keep the mails of one version of one series.",
		);
	return Array.from({ length: total }, (_, index) => {
		const number = index + 1;
		const [patch, second] = patches.filter((each) => each.number === number);
		if (patch === undefined)
			throw invalid(`${number}/${total} is missing from ${name}.`, "Fetch the whole thread again, e.g. with `b4 am`.");
		if (second !== undefined)
			throw invalid(
				`${number}/${total} is in ${name} twice: "${patch.subject}" and "${second.subject}".`,
				"Keep the mails of one version of the series.",
			);
		return patch;
	});
};

/**
 * The patches of an mbox in the order of their numbers; cover letter, replies and mails without a patch are left out.
 * Patches without numbers stand in the order of the file. `name` is how messages call the file.
 */
export const parseMbox = async (bytes: Uint8Array, name: string): Promise<readonly MailedPatch[]> => {
	const mails = await Promise.all(splitMbox(bytes).map(readMail));
	const own = mails.filter((mail) => !/^(re|aw|sv|fwd?)(\[\d+\])?:/i.test(mail.subject)).map(understand);
	const numbered = own.filter((patch) => patch.number !== undefined && patch.number > 0);
	const bare = numbered.find((patch) => patch.diff === "");
	if (bare !== undefined)
		throw invalid(
			`${bare.number}/${bare.total} ("${bare.subject}") in ${name} holds no diff.`,
			"Patches sent as attachments or as HTML cannot be read; use `git format-patch --stdout`.",
		);
	const unnumbered = own.filter((patch) => patch.number === undefined && patch.diff !== "");
	if (numbered.length > 0 && unnumbered.length > 0)
		throw invalid(
			`"${unnumbered[0]?.subject}" in ${name} has no number, though others have.`,
			"Keep the mails of one series in one file.",
		);
	const patches = numbered.length > 0 ? inOrder(numbered, name) : unnumbered;
	if (patches.length === 0)
		throw invalid(`${name} holds no patch.`, "A series is an mbox, e.g. from `git format-patch --stdout` or `b4 am`.");
	return patches;
};
