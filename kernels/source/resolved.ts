/** What every kind of source comes down to. */
import { access, rm } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { run } from "../../orchestrator/host/process.ts";
import type { ReadBlob } from "../diagnose.ts";

export interface SourceOptions {
	readonly signal: AbortSignal;
	/** Told what is going on. */
	readonly onStage: (text: string, log?: string) => void;
}

/** A source as it stands today. */
export interface ResolvedSource {
	/** How messages name it. */
	readonly name: string;
	/** What it calls itself: a package's version, a commit, a file's name. */
	readonly version: string;
	/** Of the package or tarball; of a git tree or a folder, a digest of its content. */
	readonly sha256: string;
	/** Puts the tree into a folder that does not exist yet. Nothing else is written, least of all the source itself. */
	readonly unpack: (tree: string, options: SourceOptions) => Promise<void>;
	/** Whether the commit is part of its history; undefined where nobody can tell. */
	readonly holds: (commit: string, signal: AbortSignal) => Promise<boolean | undefined>;
	/** Content of a file by its git object id, where the source is a git repository. */
	readonly readBlob?: (signal: AbortSignal) => ReadBlob;
}

export const UNPACK_TIMEOUT_MS = 15 * 60 * 1000;

export const cannotTell = async (): Promise<undefined> => undefined;

/** Unpacks a tar archive into a folder that exists; what it holds below its first folder, when `strip` is 1. */
export const untar = async (archive: string, tree: string, strip: 0 | 1, signal: AbortSignal): Promise<void> => {
	await run("tar", ["-xf", archive, "-C", tree, `--strip-components=${strip}`, "--no-same-owner"], {
		signal,
		timeoutMs: UNPACK_TIMEOUT_MS,
		failure: "source-missing",
		hint: "Is it a whole tar archive? tar's own words stand above.",
	});
	// A repository that came along would have git look into it, settings and all.
	await rm(path.join(tree, ".git"), { recursive: true, force: true });
};

/** Refuses a tree that is not a kernel's. */
export const requireKernel = async (tree: string, name: string): Promise<void> => {
	try {
		await Promise.all(["Makefile", "Kconfig", "fs/Kconfig"].map((file) => access(path.join(tree, file))));
	} catch (cause) {
		throw new LabError({
			code: "source-missing",
			sentence: `${name} holds no kernel source.`,
			hint: "The source's first folder must hold the kernel's Makefile and Kconfig.",
			cause,
		});
	}
};
