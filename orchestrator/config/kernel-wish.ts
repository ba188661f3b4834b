/** What a config says about a kernel's source and series, configuration and prefixes, in the domain's words. Pure. */
import path from "node:path";
import type { Flavour, KernelSource, Prefixes, SeriesInput } from "../domain/kernel.ts";
import type { SeriesShape, SourceShape } from "./schema.ts";

/** A URL, or the `host:path` of ssh, is no path of this machine. */
const isRemote = (repository: string): boolean => /^[a-z+]+:\/\/|^[^/.][^/]*:/.test(repository);

const repositoryAt = (folder: string, given: string): string => (isRemote(given) ? given : path.resolve(folder, given));

const unchecked = (): never => {
	throw new TypeError("the schema lets nothing through that is of no kind");
};

/** A checked source; relative paths start at `folder`. */
export const sourceOf = (given: SourceShape, folder: string): KernelSource => {
	const { suite = "" } = given;
	if (given.package !== undefined) return { kind: "debian", package: given.package, suite };
	if (given.image !== undefined) return { kind: "debian-image", package: given.image, suite };
	if (given.git !== undefined)
		return { kind: "git", repository: repositoryAt(folder, given.git), ref: given.ref ?? null };
	if (given.tarball !== undefined) return { kind: "tarball", file: path.resolve(folder, given.tarball) };
	return given.folder === undefined ? unchecked() : { kind: "folder", folder: path.resolve(folder, given.folder) };
};

/** `<id@host>`, and the address of an archive, are messages; any other bare text is a path. */
const isMessage = (given: string): boolean => /^<[^<>\s]+@[^<>\s]+>$|^https?:\/\//.test(given);

/** One checked entry of `series`, or one word of a command line; relative paths start at `folder`. */
export const seriesInputOf = (given: SeriesShape, folder: string): SeriesInput => {
	if (typeof given === "string")
		return isMessage(given)
			? { kind: "message", id: given, version: null }
			: { kind: "path", path: path.resolve(folder, given) };
	const { version = null } = given;
	for (const kind of ["mbox", "maildir", "patches"] as const) {
		const named = given[kind];
		if (named !== undefined) return { kind, path: path.resolve(folder, named), version };
	}
	if (given.quilt !== undefined) return { kind: "quilt", path: path.resolve(folder, given.quilt) };
	if (given.git !== undefined)
		return { kind: "git", repository: path.resolve(folder, given.git), range: given.range ?? "" };
	return given.message === undefined ? unchecked() : { kind: "message", id: given.message, version };
};

/** A fragment with a slash or an ending is a file; a bare word names one of our own. */
const resolveFragment = (folder: string, given: string): string =>
	/[/.]/.test(given) ? path.resolve(folder, given) : given;

/** The fragments of a flavour, `slim` unless another is asked for, and those that are named, in the order they are merged. */
export const fragmentsOf = (
	flavour: Flavour | undefined,
	named: readonly string[] | undefined,
	folder: string,
): readonly string[] => {
	// A list without a flavour is the whole configuration, as an ARCH or a machine of the user's own may not fit slim.
	const ofFlavour = flavour === undefined && named !== undefined ? [] : ["slim", flavour ?? "slim"];
	return [...new Set([...ofFlavour, ...(named ?? []).map((given) => resolveFragment(folder, given))])];
};

/** Each prefix once, the shortest first: that is the order in which a ladder costs least. */
export const prefixesOf = (given: Prefixes | undefined): { readonly prefixes?: Prefixes } =>
	given === undefined ? {} : { prefixes: given === "all" ? given : [...new Set(given)].sort((a, b) => a - b) };
