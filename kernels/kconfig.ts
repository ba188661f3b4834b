import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "../orchestrator/domain/kernel.ts";
import { run } from "../orchestrator/host/process.ts";

const SEARCH_TIMEOUT_MS = 60 * 1000;
/** More than any chain of `source` lines is long. */
const DEEPEST_SOURCE = 10;

/** Texts of Kconfig files by their path in the tree. */
export type KconfigFiles = ReadonlyMap<string, string>;

interface Block {
	readonly wanted: boolean;
	readonly demands: string[];
}

const STATEMENTS = new Set(
	"config menuconfig choice menu if endif endmenu endchoice comment source mainmenu".split(" "),
);

/**
 * What one Kconfig file demands where it says `statement` (`config FUSE_FS`, `source fs/fuse/Kconfig`): the `depends on`
 * lines of the entry itself and those of the `if`, `menu` and `choice` blocks around it. Undefined when it never says so.
 */
export const demandsIn = (kconfig: string, statement: string): readonly string[] | undefined => {
	const found: string[] = [];
	const around: Block[] = [];
	let said = false;
	let entry: Block = { wanted: false, demands: [] };
	const finish = (): void => {
		if (entry.wanted) found.push(...around.flatMap(({ demands }) => demands), ...entry.demands);
		said ||= entry.wanted;
	};
	for (const raw of kconfig.replaceAll("\\\n", " ").split("\n")) {
		const [, word = "", rest = ""] = /^\s*(\w+)\s*(.*?)\s*$/.exec(raw) ?? [];
		if (STATEMENTS.has(word)) {
			finish();
			const said = `${word === "menuconfig" ? "config" : word} ${rest.replaceAll('"', "")}`;
			entry = { wanted: said === statement, demands: word === "if" ? [rest] : [] };
			if (word === "if" || word === "menu" || word === "choice") around.push(entry);
			if (word.startsWith("end")) around.pop();
		} else if (word === "depends" && rest.startsWith("on ")) entry.demands.push(rest.slice("on ".length).trim());
	}
	finish();
	return said ? [...new Set(found)] : undefined;
};

/** What all files together demand of an option, through the `source` lines that lead to it; undefined when none defines it. */
export const demandsOn = (files: KconfigFiles, statement: string, depth = 0): readonly string[] | undefined => {
	let all: string[] | undefined;
	for (const [name, text] of files) {
		const demands = demandsIn(text, statement);
		if (demands === undefined) continue;
		const above = depth < DEEPEST_SOURCE ? (demandsOn(files, `source ${name}`, depth + 1) ?? []) : [];
		all = [...(all ?? []), ...above, ...demands];
	}
	return all === undefined ? undefined : [...new Set(all)];
};

const ARCH_FOLDERS: Readonly<Record<Architecture, RegExp>> = {
	x86_64: /^arch\/(x86\/|Kconfig)/,
	um: /^arch\/(um\/|x86\/um\/|Kconfig)/,
};

/** The Kconfig files of a tree that matter for an architecture. */
export const readKconfigFiles = async (
	tree: string,
	architecture: Architecture,
	signal: AbortSignal,
): Promise<KconfigFiles> => {
	const pattern = "^[[:space:]]*(menu)?(config|source)[[:space:]]";
	const listed = await run("grep", ["-rlsE", "--include=Kconfig*", pattern, "."], {
		signal,
		cwd: tree,
		timeoutMs: SEARCH_TIMEOUT_MS,
		okStatus: [0, 1, 2],
	});
	const names = listed.stdout
		.split("\n")
		.map((name) => name.replace(/^\.\//, ""))
		.filter((name) => name !== "" && (!name.startsWith("arch/") || ARCH_FOLDERS[architecture].test(name)));
	return new Map(
		await Promise.all(names.map(async (name) => [name, await readFile(path.join(tree, name), "utf8")] as const)),
	);
};
