/** One hunk of a diff. */
export interface Hunk {
	/** 1-based within its file. */
	readonly number: number;
	/** First line in the file before the patch. */
	readonly oldLine: number;
	/** Text of the lines it adds, without the `+`. */
	readonly added: readonly string[];
}

/** What a diff does to one file. */
export interface FileDiff {
	/** Path in the tree: the new name, or the old one of a removed file. */
	readonly file: string;
	readonly hunks: readonly Hunk[];
}

const pathOf = (line: string): string | undefined => {
	const name = line.slice(4).split("\t")[0]?.trim() ?? "";
	return name === "/dev/null" ? undefined : name.replace(/^[ab]\//, "");
};

/** Reads a unified diff. Hunks are followed by their counted lines, so removed lines that begin with `--` do no harm. */
export const parseDiff = (diff: string): readonly FileDiff[] => {
	const files: { file: string; hunks: { number: number; oldLine: number; added: string[] }[] }[] = [];
	let oldLeft = 0;
	let newLeft = 0;
	let oldName: string | undefined;
	for (const line of diff.split("\n")) {
		const hunk = files.at(-1)?.hunks.at(-1);
		if (hunk !== undefined && (oldLeft > 0 || newLeft > 0)) {
			if (line.startsWith("+")) hunk.added.push(line.slice(1));
			if (!line.startsWith("+") && !line.startsWith("\\")) oldLeft -= 1;
			if (!line.startsWith("-") && !line.startsWith("\\")) newLeft -= 1;
			continue;
		}
		if (line.startsWith("--- ")) oldName = pathOf(line);
		if (line.startsWith("+++ ")) files.push({ file: pathOf(line) ?? oldName ?? "", hunks: [] });
		const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
		const file = files.at(-1);
		if (head === null || file === undefined) continue;
		oldLeft = Number(head[2] ?? 1);
		newLeft = Number(head[3] ?? 1);
		file.hunks.push({ number: file.hunks.length + 1, oldLine: Number(head[1]), added: [] });
	}
	return files;
};
