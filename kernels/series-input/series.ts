/** What a series is once it has been read, wherever it came from. */
import { createHash } from "node:crypto";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { plainLine } from "../../orchestrator/domain/plain-text.ts";
import { parseDiff } from "../diff.ts";
import { faultOfDiff } from "../diff-faults.ts";

/** One patch of one series. */
export interface SeriesPatch {
	/** Without the prefix in brackets. */
	readonly subject: string;
	readonly author: string;
	/** What stands above the diff. */
	readonly message: string;
	/** The diff itself, from its first line on; empty for a patch of a quilt folder that changes nothing. */
	readonly diff: string;
	/** Leading folders of the diff's names that are no part of the path. */
	readonly strip: number;
	/** sha256 of the patch file, hex. */
	readonly digest: string;
}

export interface Cover {
	readonly subject: string;
	readonly author: string;
	readonly text: string;
}

/** One series, its patches in order. */
export interface Series {
	/** How messages name the place it comes from. */
	readonly origin: string;
	/** The version that was taken; 1 where nothing says so. */
	readonly version: number;
	/** Every version that was found. */
	readonly versions: readonly number[];
	readonly cover: Cover | undefined;
	readonly patches: readonly SeriesPatch[];
	/** Commit that the series says it is based on, 40 hex digits. */
	readonly base: string | undefined;
	/** `git patch-id --stable` of the patches that the series says come before it. */
	readonly prerequisites: readonly string[];
	/** Mails that are no part of it, by what they are. */
	readonly leftOut: { readonly replies: number; readonly copies: number; readonly others: number };
}

/** An error about input that is no series; ends with status 78. What it quotes of a mail must not steer a terminal. */
export const invalidSeries = (sentence: string, hint: string, cause?: unknown): LabError =>
	new LabError({
		code: "series-invalid",
		sentence: plainLine(sentence),
		hint,
		...(cause === undefined ? {} : { cause }),
	});

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** The digest that KCIDB gives a patchset: `sha256sum *.patch | cut -c-64 | sha256sum | cut -c-64`. */
export const patchsetHash = (patches: readonly Pick<SeriesPatch, "digest">[]): string =>
	sha256(patches.map(({ digest }) => `${digest}\n`).join(""));

/** Where git's mailinfo sees the message end and the patch begin. */
const DIFF_START = /^(?:diff -|Index: |--- (?=\S))/m;

/** A patch's text above its diff, and the diff with the newline that ends it; no diff is empty. */
export const splitAtDiff = (text: string): { readonly above: string; readonly diff: string } => {
	const start = text.search(DIFF_START);
	if (start < 0) return { above: text, diff: "" };
	// Newlines only: the last line of a hunk may be an empty one, which is a blank.
	let end = text.length;
	while (text.charAt(end - 1) === "\n") end -= 1;
	return { above: text.slice(0, start), diff: `${text.slice(start, end)}\n` };
};

/** What a message says for good: what stands below its `---` is for reviewers. */
export const messageIn = (above: string): string => (above.split(/^---$/m)[0] ?? "").trim();

/** A replaced character where the bytes are no text: git would not find the lines, and a build would get other ones. */
const UNREADABLE = "\ufffd";

/** Refuses a patch that no tree could take; `named` is how the sentence begins. */
export const requireSound = (named: string, { diff, strip }: Pick<SeriesPatch, "diff" | "strip">): void => {
	if (diff.includes("\0")) throw invalidSeries(`${named} holds NUL bytes.`, "Patches are text; was the file damaged?");
	if (diff.includes(UNREADABLE))
		throw invalidSeries(
			`${named} holds bytes that are no text in the character set it names (UTF-8 unless it says so).`,
			"Send the mail with its character set in Content-Type, or take the patch from git.",
		);
	const fault = faultOfDiff(parseDiff(diff, strip));
	if (fault !== undefined)
		throw invalidSeries(`${named} ${fault}.`, "The patch is refused as it stands; nothing has been applied.");
};
