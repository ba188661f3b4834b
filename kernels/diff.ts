/** Reads unified and git diffs: what each does to which file. Pure; a diff is untrusted input. */

/** One hunk of a diff. */
export interface Hunk {
	/** 1-based within its file. */
	readonly number: number;
	/** First line in the file before the patch; NaN when the diff names a line that no file has. */
	readonly oldLine: number;
	/** Its lines as they stand: context, removed and added ones, each with its mark. */
	readonly lines: readonly string[];
	/** Text of the lines it adds, without the `+`. */
	readonly added: readonly string[];
	/** Lines that its head promises and that are not there, because the diff ends or goes on otherwise. */
	readonly missing: number;
}

/** What a diff does to one file. */
export interface FileDiff {
	/** Path in the tree: the new name, or the old one of a removed file. */
	readonly file: string;
	/** Undefined for a file that is new. */
	readonly oldFile: string | undefined;
	/** Undefined for a file that is removed. */
	readonly newFile: string | undefined;
	/** Paths as the diff itself writes them, prefix and all. */
	readonly names: readonly string[];
	/** Mode that the file has afterwards, when the diff says so, e.g. `120000`. */
	readonly newMode: string | undefined;
	/** Object id of the file before, abbreviated; from git's `index` line. */
	readonly oldBlob: string | undefined;
	readonly binary: "no" | "with content" | "without content";
	readonly hunks: readonly Hunk[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };
type HunkDraft = Draft<Hunk>;
type FileDraft = Omit<Draft<FileDiff>, "file" | "hunks"> & { hunks: HunkDraft[]; fromGit: boolean };

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** Undoes git's quoting of unusual names: `"a/x\303\244"`. */
const unquote = (name: string): string => {
	const inside = /^"((?:[^"\\]|\\.)*)"/.exec(name)?.[1];
	if (inside === undefined) return name;
	const bytes = inside.replaceAll(/\\([0-7]{3}|.)/g, (_, escaped: string) =>
		escaped.length === 3 ? String.fromCharCode(Number.parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped),
	);
	return Buffer.from(bytes, /[^\0-\xff]/.test(bytes) ? "utf8" : "latin1").toString("utf8");
};

/** The name in a `---` or `+++` line; what follows a tab is a time. */
const nameIn = (line: string): string => unquote((line.slice(4).split("\t")[0] ?? "").trimEnd());

const stripped = (name: string, strip: number): string => name.split("/").slice(strip).join("/");

const pathOf = (name: string, strip: number): string | undefined =>
	name === "/dev/null" ? undefined : stripped(name, strip);

const empty = (fromGit: boolean): FileDraft => ({
	oldFile: undefined,
	newFile: undefined,
	names: [],
	newMode: undefined,
	oldBlob: undefined,
	binary: "no",
	hunks: [],
	fromGit,
});

/** `diff --git` names a file twice, `a/NAME b/NAME`; where the names differ, later lines say which they are. */
const startGit = (rest: string, strip: number): FileDraft => {
	const quoted = /^("(?:[^"\\]|\\.)*") (.+)$/.exec(rest);
	const middle = (rest.length - 1) / 2;
	const names = [quoted?.[1] ?? rest.slice(0, middle), quoted?.[2] ?? rest.slice(middle + 1)].map(unquote);
	const [old = "", file] = names.map((name) => stripped(name, strip));
	return old === file
		? { ...empty(true), oldFile: file, newFile: file, names }
		: { ...empty(true), oldFile: "", newFile: "" };
};

/** Takes in a line of git's extended header; false when it is none. */
const readExtended = (file: FileDraft, line: string, strip: number): boolean => {
	const [, key = "", value = ""] =
		/^(rename from|rename to|copy from|copy to|new file mode|deleted file mode|new mode|index|GIT binary patch|Binary files)(?: (.*))?$/.exec(
			line,
		) ?? [];
	// These lines name the file without the prefix.
	const name = unquote(value);
	const named = stripped(name, strip - 1);
	if (key.endsWith(" from") || key.endsWith(" to")) file.names.push(name);
	if (key.endsWith(" from")) file.oldFile = named;
	if (key.endsWith(" to")) file.newFile = named;
	if (key === "new file mode") file.oldFile = undefined;
	if (key === "deleted file mode") file.newFile = undefined;
	if (key === "new file mode" || key === "new mode") file.newMode = value;
	if (key === "index") {
		file.oldBlob = /^([0-9a-f]{4,64})\.\./.exec(value)?.[1];
		file.newMode ??= / (\d{6})$/.exec(value)?.[1];
	}
	if (key === "GIT binary patch") file.binary = "with content";
	if (key === "Binary files") file.binary = "without content";
	return key !== "";
};

const startHunk = (line: string, number: number): (HunkDraft & { old: number; new: number }) | undefined => {
	const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
	if (head === null) return undefined;
	const count = (text: string | undefined): number =>
		text !== undefined && text.length > 9 ? Number.NaN : Number(text ?? 1);
	const [oldLine, old, added] = [count(head[1]), count(head[2]), count(head[3])];
	return { number, oldLine, lines: [], added: [], missing: old + added, old, new: added };
};

/**
 * Reads a unified diff. A hunk is followed by its counted lines, so removed lines that begin with `--` do no harm.
 * `strip` is how many leading folders of a name are no part of the path, as in `patch -p1`.
 */
export const parseDiff = (diff: string, strip = 1): readonly FileDiff[] => {
	const files: FileDraft[] = [];
	let hunk: ReturnType<typeof startHunk>;
	let oldName = "";
	// The newline that ends the diff begins no empty line.
	for (const line of diff.replace(/\n$/, "").split("\n")) {
		const mark = line.charAt(0);
		if (hunk !== undefined && hunk.missing > 0 && (mark === "" || " +-\\\t\r".includes(mark))) {
			hunk.lines.push(mark === "" ? " " : line);
			if (mark === "\\") continue;
			if (mark === "+") hunk.added.push(line.slice(1));
			if (mark !== "+") hunk.old -= 1;
			if (mark !== "-") hunk.new -= 1;
			hunk.missing = hunk.old + hunk.new;
			continue;
		}
		let file = files.at(-1);
		if (line.startsWith("diff --git ")) files.push(startGit(line.slice(11), strip));
		else if (line.startsWith("--- ")) oldName = nameIn(line);
		else if (line.startsWith("+++ ")) {
			if (file === undefined || !file.fromGit || file.hunks.length > 0) {
				file = empty(false);
				files.push(file);
			}
			const newName = nameIn(line);
			file.names = [...file.names, oldName, newName].filter((name) => name !== "/dev/null");
			file.oldFile = pathOf(oldName, strip);
			file.newFile = pathOf(newName, strip);
		} else if (file !== undefined) {
			hunk = startHunk(line, file.hunks.length + 1);
			if (hunk !== undefined) file.hunks.push(hunk);
			else if (file.fromGit && file.hunks.length === 0) readExtended(file, line, strip);
			else if (line.startsWith("Binary files ")) file.binary = "without content";
		}
	}
	return files.map(({ fromGit: _, hunks, ...file }) => ({
		...file,
		file: file.newFile ?? file.oldFile ?? "",
		hunks: hunks.map(({ number, oldLine, lines, added, missing }) => ({ number, oldLine, lines, added, missing })),
	}));
};
