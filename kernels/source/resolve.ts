/** Every kind of source that is built, by its kind. */
import type { KernelSource } from "../../orchestrator/domain/kernel.ts";
import { resolveDebian } from "./debian.ts";
import { resolveFolder, resolveTarball } from "./files.ts";
import { resolveGit } from "./git.ts";
import { type ResolvedSource, requireKernel, type SourceOptions } from "./resolved.ts";

/** A source that holds a kernel still to be built. */
export type BuildableSource = Exclude<KernelSource, { kind: "debian-image" }>;

const resolveKind = async (
	source: BuildableSource,
	base: string | undefined,
	options: SourceOptions,
): Promise<ResolvedSource> => {
	switch (source.kind) {
		case "debian":
			return await resolveDebian(source.package, source.suite, options);
		case "git":
			return await resolveGit(source.repository, source.ref, base, options);
		case "tarball":
			return await resolveTarball(source.file);
		case "folder":
			return await resolveFolder(source.folder, options);
	}
};

/** Finds out what a source stands for today. `base` is the commit that the series says it is based on. */
export const resolveSource = async (
	source: BuildableSource,
	base: string | undefined,
	options: SourceOptions,
): Promise<ResolvedSource> => {
	const resolved = await resolveKind(source, base, options);
	return {
		...resolved,
		unpack: async (tree, unpacking) => {
			await resolved.unpack(tree, unpacking);
			await requireKernel(tree, resolved.name);
		},
	};
};
