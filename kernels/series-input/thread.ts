/** The mails of a thread to one version of one series. Pure but for the parser of mail. */
import { plainLine } from "../../orchestrator/domain/plain-text.ts";
import { type Mail, readMail } from "./mail.ts";
import {
	type Cover,
	invalidSeries,
	messageIn,
	requireSound,
	type Series,
	type SeriesPatch,
	splitAtDiff,
} from "./series.ts";

/** A mail that may be a patch or a cover letter; place and count are its own words (`[PATCH v2 2/3]`). */
interface Part extends SeriesPatch {
	readonly number: number | undefined;
	readonly total: number | undefined;
	readonly version: number;
	readonly body: string;
}

const REPLY = /^(?:re|aw|sv|fwd?)(?:\[\d+\])?:/i;
/** More than a person reviews, and far less than what numbers can promise. */
const MOST_PATCHES = 2000;

const understand = ({ subject, author, body, digest }: Mail): Part => {
	const prefix = /^(?:\s*\[[^\]]*\])+/.exec(subject)?.[0] ?? "";
	const place = /\b(\d+)\/(\d+)\b/.exec(prefix);
	const { above, diff } = splitAtDiff(body);
	// An author other than the sender stands as the first line of the body.
	const inBody = /^\s*From: (.+)\n/.exec(body);
	return {
		number: place === null ? undefined : Number(place[1]),
		total: place === null ? undefined : Number(place[2]),
		version: Number(/(?:\b|PATCH)v(\d{1,3})(?![\w.])/i.exec(prefix)?.[1] ?? 1),
		subject: subject.slice(prefix.length).trim(),
		author: inBody?.[1] === undefined ? author : plainLine(inBody[1]).trim(),
		message: messageIn(above.slice(inBody?.[0].length ?? 0)),
		diff,
		strip: 1,
		digest,
		body,
	};
};

const listed = (numbers: readonly number[], total: number): string => {
	const named = numbers.slice(0, 10).map((number) => `${number}/${total}`);
	const all = numbers.length > 10 ? [...named, `${numbers.length - 10} more`] : named;
	return `${all.length > 1 ? `${all.slice(0, -1).join(", ")} and ` : ""}${all.at(-1)} ${all.length > 1 ? "are" : "is"}`;
};

/** The numbered patches in order; all of one version. */
const inOrder = (patches: readonly Part[], name: string, others: readonly number[]): readonly Part[] => {
	const [{ total = 0, version } = { total: 0, version: 1 }] = patches;
	const other = patches.find((patch) => patch.total !== total);
	if (other !== undefined)
		throw invalidSeries(
			`${name} mixes series: one mail says x/${total}, "${other.subject}" says ${other.number}/${other.total ?? "?"}.`,
			"Keep the mails of one series in one file.",
		);
	const beyond = patches.find(({ number = 0 }) => number > total);
	if (beyond !== undefined || total > MOST_PATCHES)
		throw invalidSeries(
			`${name} holds a patch ${beyond?.number ?? patches[0]?.number}/${total}: no series is like that (at most ${MOST_PATCHES} patches are read).`,
			"Was the subject damaged?",
		);
	const numbers = Array.from({ length: total }, (_, index) => index + 1);
	const of = numbers.map((number) => patches.filter((patch) => patch.number === number));
	const missing = numbers.filter((_, index) => of[index]?.length === 0);
	if (missing.length > 0)
		throw invalidSeries(
			`${listed(missing, total)} missing from ${name}${others.length > 0 ? ` (version ${version})` : ""}.`,
			others.length > 0
				? `It also holds version ${others.join(", ")}: ask for one by \`version:\`.`
				: "Fetch the whole thread again, e.g. with `b4 mbox`.",
		);
	const [twice, again] = of.find((each) => each.length > 1) ?? [];
	if (twice !== undefined && again !== undefined)
		throw invalidSeries(
			`${twice.number}/${total} is in ${name} twice: "${twice.subject}" and "${again.subject}".`,
			"Keep the mails of one series in one file.",
		);
	return of.flat();
};

const patchesOf = (own: readonly Part[], name: string, others: readonly number[]): readonly Part[] => {
	const numbered = own.filter(({ number }) => number !== undefined && number > 0);
	const bare = numbered.find(({ diff }) => diff === "");
	if (bare !== undefined)
		throw invalidSeries(
			`${bare.number}/${bare.total} ("${bare.subject}") in ${name} holds no diff.`,
			"Patches sent as attachments or as HTML cannot be read; use `git format-patch --stdout`.",
		);
	const unnumbered = own.filter(({ number, diff }) => number === undefined && diff !== "");
	if (numbered.length > 0 && unnumbered.length > 0)
		throw invalidSeries(
			`"${unnumbered[0]?.subject}" in ${name} has no number, though others have.`,
			"Keep the mails of one series in one file.",
		);
	return numbered.length > 0 ? inOrder(numbered, name, others) : unnumbered;
};

const coverOf = (own: readonly Part[], name: string): Cover | undefined => {
	const [cover, second] = own.filter(({ number }) => number === 0);
	if (second !== undefined)
		throw invalidSeries(
			`${name} holds two cover letters: "${cover?.subject}" and "${second.subject}".`,
			"Keep the mails of one series in one file.",
		);
	return cover && { subject: cover.subject, author: cover.author, text: cover.body.trim() };
};

const newestOf = (parts: readonly Part[], asked: number | null, name: string) => {
	const versions = [...new Set(parts.map(({ version }) => version))].sort((a, b) => a - b);
	const version = asked ?? versions.at(-1) ?? 1;
	if (!versions.includes(version) && versions.length > 0)
		throw invalidSeries(
			`${name} holds version ${versions.join(", ")} of the series; version ${version} was asked for.`,
			"Leave `version` out to get the newest.",
		);
	return { version, versions, own: parts.filter((part) => part.version === version) };
};

/**
 * One version of the series that the mails are of, patches in the order of their numbers; patches without numbers
 * stand in the order of the mails. Replies, mails that came twice and mails without a patch are left out and counted.
 * `name` is how messages call the whole.
 */
export const readThread = async (
	mails: readonly Uint8Array[],
	name: string,
	asked: number | null = null,
): Promise<Series> => {
	const all: Mail[] = [];
	// One after the other: a mail may be large, and a parser of mail needs many times its size.
	for (const bytes of mails) all.push(await readMail(bytes, name));
	const once = all.filter(({ id }, index) => id === "" || all.findIndex((mail) => mail.id === id) === index);
	const parts = once.filter(({ subject }) => !REPLY.test(subject)).map(understand);
	const meant = parts.filter(({ number, diff }) => number !== undefined || diff !== "");
	const { version, versions, own } = newestOf(meant, asked, name);
	const cover = coverOf(own, name);
	const others = versions.filter((each) => each !== version);
	const patches = patchesOf(own, name, others);
	if (patches.length === 0)
		throw invalidSeries(
			`${name} holds no patch.`,
			"A series is an mbox, e.g. from `git format-patch --stdout` or `b4 am`; docs/configuration.md names the other kinds.",
		);
	for (const patch of patches)
		requireSound(
			`${patch.number === undefined ? "" : `${patch.number}/${patch.total} `}"${patch.subject}" in ${name}`,
			patch,
		);
	const said = own.map(({ body }) => body).join("\n");
	return {
		origin: name,
		version,
		versions,
		cover,
		patches: patches.map(({ subject, author, message, diff, strip, digest }) => ({
			subject,
			author,
			message,
			diff,
			strip,
			digest,
		})),
		base: /^base-commit: ([0-9a-f]{40})$/m.exec(said)?.[1],
		prerequisites: [...said.matchAll(/^prerequisite-patch-id: ([0-9a-f]{40})$/gm)].map(([, id]) => id ?? ""),
		leftOut: {
			replies: once.length - parts.length,
			copies: all.length - once.length,
			others: parts.length - meant.length,
		},
	};
};
