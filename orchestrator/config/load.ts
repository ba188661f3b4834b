/** A config file to a typed value, or every fault in it at once. */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { LabConfig, LibfuseSource } from "../domain/lab-config.ts";
import { LabError } from "../domain/lab-error.ts";
import { matchesPattern } from "../domain/pattern.ts";
import { plainLine } from "../domain/plain-text.ts";
import { isThirdParty } from "../domain/third-party.ts";
import { examine, type Fault, type KnownNames } from "./faults.ts";
import { fragmentsOf, prefixesOf, seriesInputOf, sourceOf } from "./kernel-wish.ts";
import { machineOf, storesOf } from "./machine-spec.ts";
import type { ConfigShape } from "./schema.ts";

/** A config is a page or two; anything longer is some other file. */
const LONGEST_TEXT = 256 * 1024;
/** Times an alias may be followed; each may multiply what came before it. */
const MOST_ALIASES = 100;

const refuse = (file: string, faults: readonly string[], hint?: string): never => {
	throw new LabError({
		code: "config-invalid",
		sentence: `${file} has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}.`,
		hint: hint ?? "Every key is explained in docs/configuration.md; configs/quick.yaml is a complete example.",
		evidence: faults.map(plainLine),
	});
};

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** The offset of the value (or the key) at a path; where the path ends early, of the last thing that exists. */
const placeOf = (document: Document.Parsed, { path: steps, atKey }: Pick<Fault, "path" | "atKey">): number => {
	let node: unknown = document.contents;
	let offset = offsetOf(node) ?? 0;
	for (const [index, step] of steps.entries()) {
		if (isAlias(node)) node = node.resolve(document);
		let next: unknown;
		if (isSeq(node)) next = node.items[Number(step)];
		if (isMap(node)) {
			const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
			next = pair?.value ?? pair?.key;
			if (atKey === true && index === steps.length - 1) next = pair?.key;
		}
		const found = offsetOf(next);
		if (found === undefined) break;
		offset = found;
		node = next;
	}
	return offset;
};

const showPath = (steps: readonly PropertyKey[]): string =>
	steps.reduce<string>((text, step) => {
		if (typeof step === "number") return `${text}[${step}]`;
		return text === "" ? String(step) : `${text}.${String(step)}`;
	}, "") || "config";

const yamlFaults = (document: Document.Parsed): readonly { readonly offset: number; readonly message: string }[] => {
	const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => ({ offset: pos[0], message }));
	visit(document, {
		Alias: (_, alias) => {
			if (alias.resolve(document) === undefined)
				faults.push({ offset: offsetOf(alias) ?? 0, message: `the alias *${alias.source} has no anchor before it` });
		},
	});
	return faults;
};

/** Deep nesting overflows the parser's stack and an alias bomb trips its counter: both are faults of the file. */
const attempt = <T>(act: () => T): { readonly value: T } | { readonly message: string } => {
	try {
		return { value: act() };
	} catch (error) {
		if (error instanceof RangeError) return { message: "it is nested too deeply" };
		if (error instanceof ReferenceError) return { message: error.message };
		throw error;
	}
};

const libfuseOf = (wanted: ConfigShape["server"]["libfuse"], folder: string): LibfuseSource => {
	if (wanted === "debian") return { kind: "debian" };
	if ("folder" in wanted) return { kind: "folder", folder: path.resolve(folder, wanted.folder) };
	// A repository on this machine is named like any path of a config.
	const isPath = /^[./~]/.test(wanted.git);
	return { kind: "git", git: isPath ? path.resolve(folder, wanted.git) : wanted.git, ref: wanted.ref };
};

const assemble = (shape: ConfigShape, text: string, file: string, cases: readonly string[]): LabConfig => {
	const folder = path.dirname(path.resolve(file));
	const { icount, cpus: askedCpus = icount ? 1 : 2 } = shape.machine;
	const [cpus = 1, ...moreCpus] = Array.isArray(askedCpus) ? askedCpus : [askedCpus];
	const asked = shape.cases;
	const stores = storesOf(shape.stores, shape.machine);
	return {
		file: path.resolve(file),
		text,
		name: shape.name,
		kernels: shape.kernels.map(({ name, source, series, fragments, flavour, prefixes }) => ({
			name,
			source: sourceOf(source, folder),
			series: series.map((given) => seriesInputOf(given, folder)),
			fragments: fragmentsOf(flavour, fragments, folder),
			...prefixesOf(prefixes),
		})),
		machine: machineOf(shape.machine, cpus, stores),
		cpus: [cpus, ...moreCpus],
		modes: shape.modes,
		stores,
		libfuse: libfuseOf(shape.server.libfuse, folder),
		server: {
			...shape.server,
			// Where the wanted one lies is known when the guest's root is there.
			libfuse: "",
			sysctls: Object.fromEntries(Object.entries(shape.sysctls).map(([key, value]) => [key, String(value)])),
		},
		cases:
			typeof asked === "string"
				? cases.filter((name) => asked === "all" && !isThirdParty(name))
				: cases.filter((name) => asked.some((pattern) => matchesPattern(pattern, name))),
		xfstests:
			shape.xfstests === undefined ? null : { ...shape.xfstests, folder: path.resolve(folder, shape.xfstests.folder) },
		figures: shape.figures,
		repeat: shape.repeat,
		allow: shape.allow,
	};
};

/** Reads a config's text; `file` is for messages and for resolving relative paths. Throws one `config-invalid` with every fault. */
export const parseConfig = (
	text: string,
	file: string,
	knownCases: readonly string[],
	knownLies?: readonly string[],
): LabConfig => {
	if (text.length > LONGEST_TEXT)
		return refuse(file, [
			`${file}:1:1: config: wanted at most ${LONGEST_TEXT / 1024} KiB, found ${text.length} characters`,
		]);
	const lines = new LineCounter();
	const at = (offset: number): string => {
		const { line, col } = lines.linePos(offset);
		return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
	};
	const notYaml = (offset: number, message: string): string =>
		`${at(offset)}: config: wanted valid YAML, found this: ${message}`;
	const document = attempt(() => parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true }));
	if ("message" in document) return refuse(file, [notYaml(0, document.message)]);
	const ofYaml = yamlFaults(document.value);
	const spoiled =
		document.value.errors.some(({ code }) => code !== "DUPLICATE_KEY") || ofYaml.length > document.value.errors.length;
	// The values of a document that did not parse would only yield faults that are not there.
	const root = spoiled ? undefined : attempt((): unknown => document.value.toJS({ maxAliasCount: MOST_ALIASES }));
	const known: KnownNames = { cases: knownCases, lies: knownLies };
	const spoken = ofYaml.map(({ offset, message }) => ({ offset, line: notYaml(offset, message) }));
	if (root !== undefined && "message" in root) spoken.push({ offset: 0, line: notYaml(0, root.message) });
	if (root !== undefined && "value" in root) {
		const { shape, faults } = examine(root.value, known);
		if (shape !== undefined && spoken.length === 0) return assemble(shape, text, file, knownCases);
		for (const fault of faults) {
			const offset = placeOf(document.value, fault);
			spoken.push({
				offset,
				line: `${at(offset)}: ${showPath(fault.path)}: wanted ${fault.wanted}, found ${fault.found}`,
			});
		}
	}
	return refuse(
		file,
		spoken.sort((a, b) => a.offset - b.offset).map(({ line }) => line),
	);
};

const readText = async (file: string): Promise<string> => {
	try {
		if ((await stat(file)).isDirectory()) return refuse(file, [`${file}: wanted a YAML file, found a folder`]);
		return await readFile(file, "utf8");
	} catch (error) {
		if (error instanceof LabError) throw error;
		const code = error instanceof Error && "code" in error ? String(error.code) : "";
		const found = code === "ENOENT" || code === "ENOTDIR" ? "no such file" : `one that cannot be read (${code})`;
		return refuse(
			file,
			[`${file}: wanted a YAML file, found ${found}`],
			"Name a config file, for example configs/quick.yaml.",
		);
	}
};

/** Reads a config file. Throws one `config-invalid` with every fault; also when the file itself cannot be read. */
export const loadConfig = async (
	file: string,
	knownCases: readonly string[],
	knownLies?: readonly string[],
): Promise<LabConfig> => parseConfig(await readText(file), file, knownCases, knownLies);
