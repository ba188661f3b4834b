/** A Debian package that holds a kernel's source, `linux-source-X.Y`. */
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { candidate, downloadCandidate } from "../../orchestrator/host/apt.ts";
import { run } from "../../orchestrator/host/process.ts";
import { cannotTell, type ResolvedSource, type SourceOptions, UNPACK_TIMEOUT_MS, untar } from "./resolved.ts";

/**
 * Unpacks a package into `tree`. Each build unpacks its own: that took as long as copying an unpacked tree (18 s against
 * 20 s on ext4), and the 1.8 GB of a pristine tree need not be kept.
 */
const unpackDeb = async (deb: string, tree: string, { signal, onStage }: SourceOptions): Promise<void> => {
	onStage(`unpacking ${path.basename(deb)}`);
	const outer = `${tree}.deb`;
	try {
		await run("dpkg-deb", ["-x", deb, outer], { signal, timeoutMs: UNPACK_TIMEOUT_MS });
		const sources = path.join(outer, "usr/src");
		const archive = (await readdir(sources).catch(() => [])).find((name) =>
			/^linux-source-.*\.tar\.[a-z0-9]+$/.test(name),
		);
		if (archive === undefined)
			throw new LabError({
				code: "source-missing",
				sentence: `${path.basename(deb)} holds no kernel source.`,
				hint: "Name a `linux-source-*` package that has the version in its name, e.g. `linux-source-7.3`.",
			});
		await mkdir(tree, { recursive: true });
		await untar(path.join(sources, archive), tree, 1, signal);
	} finally {
		await rm(outer, { recursive: true, force: true });
	}
};

/** Asks what a package and a suite stand for today; suites move on. The package is fetched when it is unpacked. */
export const resolveDebian = async (name: string, suite: string, options: SourceOptions): Promise<ResolvedSource> => {
	const wanted = await candidate(name, suite, options);
	return {
		name: `${name} ${wanted.version}`,
		version: wanted.version,
		sha256: wanted.sha256,
		unpack: async (tree, unpacking) =>
			await unpackDeb((await downloadCandidate(wanted, unpacking)).path, tree, unpacking),
		holds: cannotTell,
	};
};
