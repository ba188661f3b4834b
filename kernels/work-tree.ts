/**
 * One tree for all kernels that differ in their patches only: going from one prefix of a series to another changes the
 * files that the patches touch and nothing else, so that make compiles just these again.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { CompilerWarning } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { digestOf, isMissing, writeAtomically } from "../orchestrator/host/files.ts";
import { folders } from "../orchestrator/host/folders.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { parseDiff } from "./diff.ts";
import { readJson } from "./json-file.ts";
import { type ApplyOptions, applySeries, type Patch } from "./series.ts";
import { changedShape, keepFiles, putBack, whatChanged } from "./taken-back.ts";

const stateShape = z.object({
	/** 1 took patches back by applying them in reverse, which may come off elsewhere: such a tree is not trusted. */
	version: z.literal(2),
	/** The applied patches, in order, with what each changed. */
	applied: z.array(z.object({ digest: z.string(), changed: z.array(changedShape) })),
	/** Whether .config is what the fragments make of this tree. */
	configured: z.boolean(),
	/** Of all objects in the tree. */
	warnings: z.array(z.object({ file: z.string(), line: z.number().nullable(), text: z.string() })),
});

type TreeState = Readonly<z.infer<typeof stateShape>>;

/** Digest of what a patch does; mails that differ in their headers only are the same patch. */
export const digestOfPatch = ({ diff, strip }: Pick<Patch, "diff" | "strip">): string => digestOf(String(strip), diff);

/** The files that a patch changes, makes or removes; pure. */
const filesOf = ({ diff, strip }: Patch): readonly string[] => [
	...new Set(parseDiff(diff, strip).flatMap(({ file, oldFile }) => [file, oldFile ?? file])),
];

/** How many of the applied patches may stay where `wanted` are to be applied; pure. */
export const commonPrefix = (applied: readonly string[], wanted: readonly string[]): number => {
	const parting = applied.findIndex((digest, index) => digest !== wanted[index]);
	return parting < 0 ? applied.length : parting;
};

/** Folder, beside the tree, of the files that the applied patches changed. */
const KEPT = "kept";

/** Files that decide what allnoconfig and olddefconfig make. */
const SHAPES_CONFIG = /(?:^|\/)Kconfig|^scripts\/|^(?:arch\/\w+\/)?Makefile$/;

/** Folder of all work trees. */
export const workFolder = (): string => path.join(folders.cache(), "work");

/** The lock of a work tree; whoever changes or removes the tree holds it. */
export const lockOfTree = (folder: string): string => path.join(path.dirname(folder), `.${path.basename(folder)}.lock`);

/** A kernel tree in the hands of one process, which holds its lock. */
export class WorkTree {
	/** Absolute path of the kernel source. */
	readonly path: string;
	readonly #folder: string;
	readonly #options: ApplyOptions;
	readonly #touched = new Set<string>();
	#state: TreeState;

	private constructor(folder: string, state: TreeState, options: ApplyOptions) {
		this.#folder = folder;
		this.path = path.join(folder, "tree");
		this.#state = state;
		this.#options = options;
	}

	/**
	 * The tree in a folder, or a new one by `unpack`. From here on it counts as damaged until `settle` says otherwise:
	 * a build that is killed leaves objects that only look finished.
	 */
	static async open(folder: string, options: ApplyOptions, unpack: (tree: string) => Promise<void>): Promise<WorkTree> {
		const file = path.join(folder, "state.json");
		const state = await readJson(file, stateShape);
		await rm(file, { force: true });
		if (state !== undefined) return new WorkTree(folder, state, options);
		const tree = new WorkTree(folder, { version: 2, applied: [], configured: false, warnings: [] }, options);
		await rm(folder, { recursive: true, force: true });
		await mkdir(path.join(folder, KEPT), { recursive: true });
		await unpack(tree.path);
		return tree;
	}

	get configured(): boolean {
		return this.#state.configured;
	}

	/** Warnings of all objects as they were when the tree was settled last. */
	get warnings(): readonly CompilerWarning[] {
		return this.#state.warnings;
	}

	/** Files that patches have changed since the tree was opened. */
	get touched(): ReadonlySet<string> {
		return this.#touched;
	}

	/** Says that the tree is whole: another build may go on from here. */
	async settle(change: Partial<Pick<TreeState, "configured">> & { warnings?: readonly CompilerWarning[] } = {}) {
		this.#state = { ...this.#state, ...change, warnings: [...(change.warnings ?? this.#state.warnings)] };
		await writeAtomically(path.join(this.#folder, "state.json"), `${JSON.stringify(this.#state)}\n`);
	}

	/** Takes back the patches that the wanted ones do not begin with. False: somebody meddled, the tree is lost. */
	async #retreat(wanted: readonly string[]): Promise<boolean> {
		const digests = this.#state.applied.map(({ digest }) => digest);
		for (let top = digests.length; top > commonPrefix(digests, wanted); top -= 1) {
			const changed = this.#state.applied[top - 1]?.changed ?? [];
			if (!(await putBack(this.path, this.#kept(top - 1), changed))) return false;
			this.#note(
				changed.map(({ file }) => file),
				this.#state.applied.slice(0, -1),
			);
		}
		return true;
	}

	/**
	 * Makes the tree carry these patches and no others. A patch that does not apply leaves no trace, and the ones before
	 * it stay: the tree is settled with them, and the error thrown. False: the tree is lost and must be made anew.
	 */
	async carry(patches: readonly Patch[]): Promise<boolean> {
		const wanted = patches.map(digestOfPatch);
		if (!(await this.#retreat(wanted))) return false;
		for (const [index, patch] of patches.entries()) {
			const digest = wanted[index];
			if (digest === undefined || index < this.#state.applied.length) continue;
			const files = filesOf(patch);
			const kept = this.#kept(index);
			await keepFiles(this.path, files, kept);
			try {
				await applySeries(this.path, [patch], this.#options);
			} catch (error) {
				if (error instanceof LabError && error.code === "patch-failed") await this.settle();
				throw error;
			}
			this.#note(files, [...this.#state.applied, { digest, changed: await whatChanged(this.path, files, kept) }]);
		}
		return true;
	}

	/** Where the files lie as they were before the patch at this place of the stack. */
	#kept(index: number): string {
		return path.join(this.#folder, KEPT, String(index));
	}

	#note(files: readonly string[], applied: TreeState["applied"]): void {
		for (const file of files) this.#touched.add(file);
		const configured = this.#state.configured && !files.some((file) => SHAPES_CONFIG.test(file));
		this.#state = { ...this.#state, applied, configured };
	}
}

/** A work tree on disk. */
export interface KeptTree {
	readonly folder: string;
	/** Last use, milliseconds since 1970. */
	readonly usedMs: number;
}

/** The work trees, the one used last at the end. */
export const listTrees = async (): Promise<readonly KeptTree[]> => {
	const names = await readdir(workFolder()).catch((error: unknown) => {
		if (isMissing(error)) return [];
		throw error;
	});
	const trees = await Promise.all(
		names
			// A tree that another process builds in for itself alone has another kind of name.
			.filter((name) => /^[0-9a-f]{12}$/.test(name) && existsSync(path.join(workFolder(), name, "tree")))
			.map(async (name) => {
				const folder = path.join(workFolder(), name);
				return { folder, usedMs: (await stat(folder)).mtimeMs };
			}),
	);
	return trees.sort((a, b) => a.usedMs - b.usedMs);
};

/** Removes a work tree; false when another process is building in it. */
export const removeTree = async (folder: string, signal: AbortSignal): Promise<boolean> => {
	try {
		await withLock(
			lockOfTree(folder),
			signal,
			() => undefined,
			async () => {
				await rm(path.join(folder, "state.json"), { force: true });
				await rm(folder, { recursive: true, force: true });
			},
			0,
		);
		return true;
	} catch (error) {
		if (error instanceof LabError && error.code === "busy") return false;
		throw error;
	}
};
