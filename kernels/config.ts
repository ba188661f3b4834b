import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { isMissing, readIfThere } from "../orchestrator/host/files.ts";
import { folders } from "../orchestrator/host/folders.ts";
import { demandsOn, readKconfigFiles } from "./kconfig.ts";

/** A piece of configuration that a wish names. */
export interface Fragment {
	readonly name: string;
	readonly text: string;
}

/** Option without `CONFIG_` to value; `n` for what is explicitly not set. */
export type Options = ReadonlyMap<string, string>;

/** An asked option that is not in the effective configuration. */
export interface LostOption {
	readonly option: string;
	readonly asked: string;
	readonly got: string;
}

/** A wish names no architecture: what it calls `slim` is another file for user-mode Linux. */
const fileOf = (name: string, architecture: Architecture): string =>
	`${architecture === "um" && name === "slim" ? "uml" : name}.config`;

/** Reads a fragment where the wish means one of kernels/fragments by its name or any file by its path. */
export const readFragment = async (nameOrPath: string, architecture: Architecture): Promise<Fragment> => {
	const file = path.isAbsolute(nameOrPath)
		? nameOrPath
		: path.join(folders.clone(), "kernels/fragments", fileOf(nameOrPath, architecture));
	try {
		return { name: path.basename(file, ".config"), text: await readFile(file, "utf8") };
	} catch (cause) {
		throw new LabError({
			code: "config-invalid",
			sentence: isMissing(cause) ? `The fragment ${file} does not exist.` : `The fragment ${file} cannot be read.`,
			hint: "A fragment is the name of a file in kernels/fragments without `.config`, or a path.",
			cause,
		});
	}
};

const LINE = /^(?:CONFIG_(\w+)=(.*)|# CONFIG_(\w+) is not set)$/;

/** Reads .config or a fragment. The last word on an option counts. */
export const parseOptions = (text: string): Options => {
	const options = new Map<string, string>();
	for (const line of text.split("\n")) {
		const [, set, value, unset] = LINE.exec(line.trimEnd()) ?? [];
		if (set !== undefined) options.set(set, value ?? "");
		if (unset !== undefined) options.set(unset, "n");
	}
	return options;
};

const lineOf = (option: string, value: string): string =>
	value === "n" ? `# CONFIG_${option} is not set` : `CONFIG_${option}=${value}`;

/** All options of the fragments; a later fragment overrides an earlier one. */
export const optionsOf = (fragments: readonly Fragment[]): Options =>
	new Map(fragments.flatMap((fragment) => [...parseOptions(fragment.text)]));

/** What `scripts/kconfig/merge_config.sh -m` makes: the base without the options that are asked for, then these. */
export const mergeOptions = (base: string, asked: Options): string =>
	[...new Map([...parseOptions(base), ...asked])].map(([option, value]) => `${lineOf(option, value)}\n`).join("");

/** The asked options that the effective configuration does not have as asked; an option that is absent counts as `n`. */
export const lostOptions = (asked: Options, effective: Options): readonly LostOption[] =>
	[...asked].flatMap(([option, value]) => {
		const got = effective.get(option) ?? "n";
		return got === value ? [] : [{ option, asked: value, got }];
	});

/** Names in a dependency that the effective configuration leaves unset. */
export const unmetIn = (dependency: string, effective: Options): readonly string[] =>
	[...new Set(dependency.match(/\b[A-Z0-9_]*[A-Z_][A-Z0-9_]*\b/g) ?? [])].filter(
		(name) => (effective.get(name) ?? "n") === "n",
	);

const explain = (lost: LostOption, dependencies: readonly string[] | undefined, effective: Options): string => {
	const fact = `CONFIG_${lost.option}: asked ${lost.asked}, got ${lost.got}`;
	if (dependencies === undefined) return `${fact}; this source has no such option`;
	const unmet = dependencies.flatMap((dependency) => {
		const names = unmetIn(dependency, effective);
		return names.length === 0 ? [] : [`depends on ${dependency} (not set: ${names.join(", ")})`];
	});
	if (unmet.length > 0) return `${fact}; ${unmet.join("; ")}`;
	return dependencies.length === 0 ? fact : `${fact}; depends on ${dependencies.join("; depends on ")}`;
};

/** Fails, with the reason as far as Kconfig files tell it, when something asked for is not in force. */
export const requireOptions = async (
	tree: string,
	architecture: Architecture,
	asked: Options,
	effective: Options,
	signal: AbortSignal,
): Promise<void> => {
	const lost = lostOptions(asked, effective);
	if (lost.length === 0) return;
	const names = lost.map(({ option }) => option);
	const files = await readKconfigFiles(tree, architecture, signal);
	throw new LabError({
		code: "kernel-config-lost",
		sentence:
			lost.length === 1
				? `CONFIG_${names[0]} was asked for and is not in force.`
				: `${lost.length} options were asked for and are not in force: ${names.slice(0, 5).join(", ")}${lost.length > 5 ? ", ..." : ""}.`,
		hint: "Add what the options depend on to the fragment, or take them out.",
		evidence: lost.map((each) => explain(each, demandsOn(files, `config ${each.option}`), effective)),
	});
};

/**
 * Makes the effective .config in the tree: allnoconfig, the fragments over it, olddefconfig; and checks the outcome.
 * One that comes out as it was keeps its time: make would go through the whole tree again.
 */
export const configure = async (
	tree: string,
	{ architecture, fragments }: { readonly architecture: Architecture; readonly fragments: readonly Fragment[] },
	make: (targets: readonly string[]) => Promise<void>,
	signal: AbortSignal,
): Promise<void> => {
	const file = path.join(tree, ".config");
	const asked = optionsOf(fragments);
	const before = await readIfThere(file);
	const times = before === undefined ? undefined : await stat(file);
	await make(["allnoconfig"]);
	await writeFile(file, mergeOptions(await readFile(file, "utf8"), asked));
	await make(["olddefconfig"]);
	const effective = await readFile(file, "utf8");
	if (times !== undefined && effective === before) await utimes(file, times.atime, times.mtime);
	await requireOptions(tree, architecture, asked, parseOptions(effective), signal);
};
