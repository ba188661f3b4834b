/** make in a work tree: configuration, compilation, and what a compiler that says no means. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { readIfThere } from "../orchestrator/host/files.ts";
import { type RunOptions, run } from "../orchestrator/host/process.ts";
import { configure, type Fragment, optionsOf } from "./config.ts";
import { blame, buildFailed, firstFault } from "./fault.ts";
import type { Patch } from "./series.ts";
import { makeArguments, makeEnvironment, type Toolchain } from "./toolchain.ts";
import { warningsAfter } from "./warnings.ts";
import type { WorkTree } from "./work-tree.ts";

const CONFIGURE_TIMEOUT_MS = 10 * 60 * 1000;
const COMPILE_TIMEOUT_MS = 4 * 60 * 60 * 1000;

/** One build, in a tree that carries its patches. */
export interface CompileOrder {
	/** The name that messages use. */
	readonly kernel: string;
	readonly tree: WorkTree;
	readonly architecture: Architecture;
	readonly patches: readonly Patch[];
	readonly fragments: readonly Fragment[];
	readonly tools: Toolchain;
	/** make's output is appended to it. */
	readonly logFile: string;
	readonly signal: AbortSignal;
}

const isFull = (line: string): boolean => /No space left on device|Disk quota exceeded/.test(line);

/** Says so when a build failed because the disk is full, and does nothing otherwise. */
export const throwIfFull = (error: unknown, kernel: string, log = ""): void => {
	const lines = error instanceof LabError ? error.evidence : [];
	if (![...lines, log].some(isFull)) return;
	throw new LabError({
		code: "disk-full",
		sentence: `No space left while building kernel "${kernel}".`,
		hint: "A build needs about 2.5 GB below the cache folder. `fuselab gc` removes what is not in use.",
		evidence: lines,
		cause: error,
	});
};

const make = async (order: CompileOrder, targets: readonly string[], options: Partial<RunOptions>): Promise<void> => {
	const { tree, tools, architecture, fragments, logFile, signal } = order;
	await run("nice", ["-n", "5", ...makeArguments(tools, architecture, optionsOf(fragments), tree.path), ...targets], {
		cwd: tree.path,
		env: makeEnvironment(tree.path),
		logFile,
		failure: "build-failed",
		signal,
		...options,
	});
};

/** Makes the effective .config; one that lacks what was asked for is made again by the next build. */
export const configureTree = async (order: CompileOrder): Promise<void> => {
	if (order.tree.configured) return;
	try {
		await configure(
			order.tree.path,
			order,
			async (targets) => await make(order, targets, { timeoutMs: CONFIGURE_TIMEOUT_MS }),
			order.signal,
		);
	} catch (error) {
		if (error instanceof LabError && error.code === "kernel-config-lost") await order.tree.settle();
		throw error;
	}
};

const explain = async (order: CompileOrder, log: string): Promise<LabError> => {
	const { kernel, patches, logFile, tree } = order;
	const fault = firstFault(log);
	const patched = fault?.file === undefined ? undefined : await readIfThere(path.resolve(tree.path, fault.file));
	const blamed = fault === undefined ? undefined : blame(fault, patched ?? "", patches);
	return buildFailed({ kernel, log, logFile, fault, blamed, patches: patches.length });
};

/** Compiles the targets and settles the tree, also when the compiler says no; gives the build's log. */
export const compileTree = async (order: CompileOrder, targets: readonly string[]): Promise<string> => {
	const { tree, logFile, signal, kernel } = order;
	const settle = async (log: string): Promise<void> =>
		await tree.settle({ configured: true, warnings: warningsAfter(tree.warnings, log, tree.touched) });
	try {
		await make(order, targets, { timeoutMs: COMPILE_TIMEOUT_MS });
	} catch (error) {
		signal.throwIfAborted();
		// Only a compiler that said no is the kernel's fault; a time-out or a make that is missing is not.
		if (!(error instanceof LabError) || !/exited with status/.test(error.message)) throw error;
		const log = (await readIfThere(logFile)) ?? "";
		throwIfFull(error, kernel, log);
		const failed = await explain(order, log);
		await settle(log);
		throw failed;
	}
	const log = await readFile(logFile, "utf8");
	await settle(log);
	return log;
};
