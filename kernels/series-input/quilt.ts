/** A quilt folder: a file `series` that lists patches in order, each with the options that quilt knows. */
import { realpath } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { plainLine } from "../../orchestrator/domain/plain-text.ts";
import { namesIn, readBytes } from "./files.ts";
import {
	invalidSeries,
	messageIn,
	requireSound,
	type Series,
	type SeriesPatch,
	sha256,
	splitAtDiff,
} from "./series.ts";

interface Entry {
	readonly name: string;
	readonly strip: number;
}

const HINT = "`series` lists one patch a line, e.g. `fix.patch -p1`; `#` begins a comment.";

const parseLine = (line: string, number: number, origin: string): Entry | undefined => {
	const [name, ...options] = line
		.replace(/(^|\s)#.*$/, "")
		.trim()
		.split(/\s+/);
	if (name === undefined || name === "") return undefined;
	const where = `line ${number} of ${origin}/series`;
	if (path.isAbsolute(name) || name.split("/").includes("..") || name.includes("\0"))
		throw invalidSeries(`${JSON.stringify(name)} in ${where} is outside of the folder.`, HINT);
	let strip = 1;
	for (const option of options) {
		const level = /^-p(ab|\d)$/.exec(option)?.[1];
		if (level === undefined)
			throw invalidSeries(
				`The option ${JSON.stringify(option)} in ${where} is not known.`,
				`${HINT} Patches that are to be reversed (-R) must be turned round first.`,
			);
		strip = level === "ab" ? 1 : Number(level);
	}
	return { name, strip };
};

/** Reads `series`; pure. `origin` is how messages call the folder. */
export const parseQuiltSeries = (text: string, origin: string): readonly Entry[] => {
	const entries = text.split(/\r?\n/).flatMap((line, index) => parseLine(line, index + 1, origin) ?? []);
	const twice = entries.find(({ name }, index) => entries.findIndex((entry) => entry.name === name) !== index);
	if (twice !== undefined)
		throw invalidSeries(`${origin}/series lists ${twice.name} twice.`, "A patch can be applied once.");
	if (entries.length === 0) throw invalidSeries(`${origin}/series lists no patch.`, HINT);
	return entries;
};

/** Author and subject where a patch has the headers of a mail, which may be folded, or those of Debian's DEP-3. */
const readHeader = (message: string, name: string): { readonly subject: string; readonly author: string } => {
	const field = (names: string, more = ""): string | undefined => {
		const found = new RegExp(`^(?:${names}): *(\\S.*${more})$`, "im").exec(message)?.[1];
		return found && plainLine(found.replaceAll(/\s+/g, " "));
	};
	const folded = String.raw`(?:\n[ \t]+\S.*)*`;
	return {
		subject: (field("Subject", folded) ?? field("Description") ?? name).replace(/^(?:\[[^\]]*\]\s*)+/, "").trim(),
		author: (field("From|Author", folded) ?? "").trim(),
	};
};

/** Links may lead to other patches of the folder, and nowhere else. */
const fileIn = async (folder: string, name: string, origin: string): Promise<string> => {
	const file = path.join(folder, name);
	try {
		const [real, base] = await Promise.all([realpath(file), realpath(folder)]);
		if (path.relative(base, real).split(path.sep)[0] === "..")
			throw invalidSeries(`${name} in ${origin} is a link out of the folder.`, HINT);
		return file;
	} catch (error) {
		if (error instanceof LabError) throw error;
		const code = error instanceof Error && "code" in error ? String(error.code) : "";
		throw invalidSeries(
			code === "ENOENT"
				? `${origin}/series lists ${name}, which does not exist.`
				: `${name} in ${origin} cannot be read (${code}).`,
			HINT,
			error,
		);
	}
};

/** Reads one patch file that is no mail. */
export const readPlainPatch = (bytes: Uint8Array, name: string, origin: string, strip: number): SeriesPatch => {
	const text = Buffer.from(bytes).toString("utf8").replaceAll("\r\n", "\n");
	const { above, diff } = splitAtDiff(text);
	const patch = {
		...readHeader(above, name),
		message: messageIn(above),
		diff,
		strip,
		digest: sha256(bytes),
	};
	// quilt applies a patch that changes nothing, and so do we.
	if (patch.diff !== "") requireSound(`${name} in ${origin}`, patch);
	return patch;
};

/** The patches that a folder's `series` lists. */
export const readQuilt = async (folder: string, origin: string): Promise<Series> => {
	if (!(await namesIn(folder)).includes("series"))
		throw invalidSeries(
			`${origin} holds no file \`series\`.`,
			"A quilt folder has one; name `patches:` for another folder.",
		);
	const list = Buffer.from(await readBytes(path.join(folder, "series"))).toString("utf8");
	const patches: SeriesPatch[] = [];
	for (const { name, strip } of parseQuiltSeries(list, origin))
		patches.push(readPlainPatch(await readBytes(await fileIn(folder, name, origin)), name, origin, strip));
	return {
		origin,
		version: 1,
		versions: [1],
		cover: undefined,
		patches,
		base: undefined,
		prerequisites: [],
		leftOut: { replies: 0, copies: 0, others: 0 },
	};
};
