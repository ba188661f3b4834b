/** What makes a diff unfit to be applied to any tree. Pure. */
import path from "node:path";
import type { FileDiff } from "./diff.ts";

const escapes = (name: string): boolean => {
	const normal = path.posix.normalize(name);
	return path.posix.isAbsolute(normal) || normal === ".." || normal.startsWith("../");
};

/** git keeps its own files there, and runs some of them. */
const isGits = (name: string): boolean => name.split("/").some((part) => /^(?:\.git|git~\d+)$/i.test(part));

const faultOfName = (name: string): string | undefined => {
	const [shown, parts] = [JSON.stringify(name), name.split("/")];
	if (name === "" || name.includes("\0") || name.endsWith("/")) return `names no file: ${shown}`;
	if (path.posix.isAbsolute(name) || parts.includes("..")) return `would write outside of the tree: ${shown}`;
	return isGits(name) ? `would write into a .git folder: ${shown}` : undefined;
};

const linkTarget = ({ hunks }: FileDiff): string => hunks.flatMap(({ added }) => added).join("\n");

const faultOfFile = (diff: FileDiff): string | undefined => {
	const { file, newFile, newMode, hunks, binary } = diff;
	const named = [...diff.names, file].map(faultOfName).find((fault) => fault !== undefined);
	if (named !== undefined) return named;
	if (newMode === "160000") return `makes ${file} a submodule`;
	if (newFile !== undefined && newMode === "120000") {
		const target = linkTarget(diff);
		if (
			target !== "" &&
			escapes(path.posix.join(path.posix.isAbsolute(target) ? "" : path.posix.dirname(file), target))
		)
			return `makes ${file} a link out of the tree, to ${JSON.stringify(target)}`;
	}
	if (binary === "without content")
		return `changes the binary file ${file} without saying to what (\`git format-patch --binary\` does)`;
	for (const { number, oldLine, missing } of hunks) {
		if (Number.isNaN(oldLine + missing)) return `has numbers that no file reaches in hunk ${number} of ${file}`;
		if (missing > 0) return `ends in the middle of hunk ${number} of ${file}`;
	}
	return undefined;
};

/** The first fault as the end of a sentence about the patch, e.g. `ends in the middle of hunk 2 of fs/x.c`. */
export const faultOfDiff = (files: readonly FileDiff[]): string | undefined =>
	files.length === 0 ? "changes nothing" : files.map(faultOfFile).find((fault) => fault !== undefined);
