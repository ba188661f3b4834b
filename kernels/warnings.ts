/** What a build warned of. Pure. */
import type { CompilerWarning } from "../orchestrator/domain/kernel.ts";

/** More would make a record that nobody reads. */
const MOST_WARNINGS = 500;

const COMPILED = /^ {2}(?:CC|AS)(?: \[M\])? +(\S+)\.o$/;
const LINKED = /^ {2}LD +vmlinux/;
const IN_SOURCE = /^(?:\.\/)?([^\s:]+\.[a-zA-Z]+):(\d+):(?:\d+:)? warning: (.+)$/;
const IN_OBJECT = /^(?:\.\/)?(\S+\.o): warning: (.+)$/;
const IN_LINK = /^(?:\S*\bld: (?:warning: )?|WARNING: modpost: )(.*(?:warning|mismatch|modpost).*)$/;

const readLine = (line: string): CompilerWarning | undefined => {
	const inSource = IN_SOURCE.exec(line);
	// Kconfig complains in the same way about lines of .config.
	if (inSource?.[1] !== undefined && !inSource[1].startsWith(".config"))
		return { file: inSource[1], line: Number(inSource[2]), text: inSource[3]?.replaceAll(/[‘’`]/g, "'") ?? "" };
	const [, object, text = ""] = IN_OBJECT.exec(line) ?? [];
	if (object !== undefined) return { file: object, line: null, text };
	return IN_LINK.test(line) ? { file: "vmlinux", line: null, text: line.trim() } : undefined;
};

const unique = (warnings: readonly CompilerWarning[]): readonly CompilerWarning[] => [
	...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values(),
];

/** Files, without their endings, that a build log says were compiled. */
export const compiledIn = (log: string): readonly string[] =>
	log.split("\n").flatMap((line) => COMPILED.exec(line)?.[1] ?? []);

/**
 * All warnings of a tree after a build: those of before, less what was compiled again or changed, and those of the log.
 * A header has no object of its own: what was said of it holds until a patch changes it (`touched`).
 */
export const warningsAfter = (
	before: readonly CompilerWarning[],
	log: string,
	touched: ReadonlySet<string>,
): readonly CompilerWarning[] => {
	const compiled = new Set(compiledIn(log));
	const lines = log.split("\n");
	const linked = lines.some((line) => LINKED.test(line));
	const kept = before.filter(
		({ file }) =>
			!touched.has(file) && !compiled.has(file.replace(/\.\w+$/, "")) && !(linked && file.startsWith("vmlinux")),
	);
	return unique([...kept, ...lines.flatMap((line) => readLine(line) ?? [])]).slice(0, MOST_WARNINGS);
};
