import { LabError } from "../orchestrator/domain/lab-error.ts";
import { parseDiff } from "./diff.ts";
import { nameOfPatch, type Patch } from "./series.ts";

/** The first thing that a build log complains about. */
export interface Fault {
	/** Path in the tree; undefined when the message names none. */
	readonly file: string | undefined;
	readonly line: number | undefined;
	readonly message: string;
}

const COMPILER = /^(?:\.\/)?([^\s:]+\.[a-zA-Z]+):(\d+):(?:\d+:)? (?:fatal )?[eE]rror: (.+)$/;
const LINKER =
	/^(?:\S*\bld: )?(?:(\S+?\.[oc]): ?)?(?:in function .*: ?)?.*((?:undefined reference to|multiple definition of) .+)$/;
const OTHER = /^(?:\S*\b(ld|objtool|modpost)\b.*: (?:error|final link failed).*|ERROR: .+|.*: error: .+)$/;
const MAKE = /^make(?:\[\d+\])?: \*\*\* .+$/;

/** Quotation marks that compilers use in UTF-8 locales, made plain. */
const plain = (text: string): string => text.replaceAll(/[‘’`]/g, "'").trim();

const readLine = (line: string): Fault | undefined => {
	const compiled = COMPILER.exec(line);
	if (compiled !== null) return { file: compiled[1], line: Number(compiled[2]), message: plain(compiled[3] ?? "") };
	const linked = LINKER.exec(line);
	if (linked !== null)
		return { file: linked[1]?.replace(/\.o$/, ".c"), line: undefined, message: plain(linked[2] ?? "") };
	return OTHER.test(line) ? { file: undefined, line: undefined, message: plain(line) } : undefined;
};

/** Finds the first error of a build log; make's own last words are taken only when nothing else complains. */
export const firstFault = (log: string): Fault | undefined => {
	const lines = log.split("\n");
	for (const line of lines) {
		const fault = readLine(line);
		if (fault !== undefined) return fault;
	}
	const last = lines.find((line) => MAKE.test(line));
	return last === undefined ? undefined : { file: undefined, line: undefined, message: plain(last) };
};

/** The lines of a build log that a reader wants to see: errors, what leads to them, and make's last words. */
export const faultLines = (log: string): readonly string[] =>
	log
		.split("\n")
		.filter(
			(line) =>
				readLine(line) !== undefined || MAKE.test(line) || /: (?:note|warning): |In file included from/.test(line),
		)
		.slice(0, 20);

/** Who a fault is laid on. */
export interface Blame {
	readonly patch: Patch;
	/** True when the faulty line itself is one that this patch, and no other, added. */
	readonly sure: boolean;
}

const addedTo = (patch: Patch, file: string): readonly string[] | undefined => {
	const found = parseDiff(patch.diff, patch.strip).filter((each) => each.file === file);
	return found.length === 0 ? undefined : found.flatMap((each) => each.hunks.flatMap(({ added }) => added));
};

/** The linker names a file without its folder: taken for a file of the series when just one is called so. */
const wholePath = (file: string, patches: readonly Patch[]): string => {
	const touched = new Set(patches.flatMap((patch) => parseDiff(patch.diff, patch.strip).map((each) => each.file)));
	const [found, ...more] = [...touched].filter((each) => each.endsWith(`/${file}`));
	return touched.has(file) || found === undefined || more.length > 0 ? file : found;
};

/**
 * Which patch a fault in a file belongs to; undefined when none touches the file. It is sure only for a line that stands
 * in the patched file once and among the added lines of one patch; otherwise it is the last patch that touches the file.
 */
export const blame = (fault: Fault, patchedFile: string, patches: readonly Patch[]): Blame | undefined => {
	if (fault.file === undefined) return undefined;
	const { line } = fault;
	const file = wholePath(fault.file, patches);
	const touching = patches.filter((patch) => addedTo(patch, file) !== undefined);
	const lines = patchedFile.split("\n");
	const text = line === undefined ? undefined : lines[line - 1];
	if (text !== undefined && text.trim() !== "" && lines.filter((each) => each === text).length === 1) {
		const [adding, ...more] = touching.filter((patch) => addedTo(patch, file)?.includes(text));
		if (adding !== undefined && more.length === 0) return { patch: adding, sure: true };
	}
	const last = touching.at(-1);
	return last === undefined ? undefined : { patch: last, sure: false };
};

const placeOf = (fault: Fault): string =>
	fault.file === undefined
		? fault.message
		: `${[fault.file, fault.line].filter((part) => part !== undefined).join(":")}: ${fault.message}`;

/** A build that failed in a file that the series touches: the same patches will fail again. */
export class PatchBreaksBuild extends LabError {}

/** The error for a build that failed, worded no surer than what is known. */
export const buildFailed = (facts: {
	readonly kernel: string;
	readonly log: string;
	readonly logFile: string;
	readonly fault: Fault | undefined;
	readonly blamed: Blame | undefined;
	readonly patches: number;
}): LabError => {
	const { fault, blamed } = facts;
	const what = fault === undefined ? "the log tells no error" : placeOf(fault);
	const sentence =
		blamed === undefined
			? `Kernel "${facts.kernel}" does not build: ${what}`
			: blamed.sure
				? `${nameOfPatch(blamed.patch)} breaks the build: ${what}`
				: `${nameOfPatch(blamed.patch)} (last patch to touch the file) may break the build: ${what}`;
	const untouched = facts.patches > 0 && fault?.file !== undefined && blamed === undefined;
	return new (blamed === undefined ? LabError : PatchBreaksBuild)({
		code: "build-failed",
		sentence: /[.!?]$/.test(sentence) ? sentence : `${sentence}.`,
		hint: untouched
			? "No patch of the series touches this file; a header that it includes may have changed, or the fragments do not fit this source."
			: "The log holds the compiler's whole output; a mended series is built from the compiler cache in a fraction of the time.",
		evidence: faultLines(facts.log),
		log: facts.logFile,
	});
};
