/** git, asked without its user's settings and without a chance to write into the repository it is asked about. */
import path from "node:path";
import { type RunOptions, type RunResult, run } from "../orchestrator/host/process.ts";

const TIMEOUT_MS = 10 * 60 * 1000;

/** Settings of the system and the user must not change what is read or applied; nobody is there to answer a prompt. */
export const GIT_ENVIRONMENT = {
	GIT_CONFIG_NOSYSTEM: "1",
	GIT_CONFIG_GLOBAL: "/dev/null",
	GIT_OPTIONAL_LOCKS: "0",
	GIT_NO_REPLACE_OBJECTS: "1",
	GIT_TERMINAL_PROMPT: "0",
} as const;

/**
 * Runs git in a repository that was named by its path. The repository may belong to another user, who is trusted as far
 * as the one who named it trusts them; hooks, external diff programs and the file system monitor are not run.
 */
export const gitIn = async (
	repository: string,
	args: readonly string[],
	options: Partial<RunOptions> & Pick<RunOptions, "signal">,
): Promise<RunResult> =>
	await run(
		"git",
		[
			...["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"],
			...["-c", "protocol.ext.allow=never", "-C", repository, ...args],
		],
		{ timeoutMs: TIMEOUT_MS, failure: "source-missing", ...options, env: { ...GIT_ENVIRONMENT, ...options.env } },
	);

/** The commit that a name stands for, 40 hex digits; undefined when the repository has none of this name. */
export const commitOf = async (repository: string, name: string, signal: AbortSignal): Promise<string | undefined> => {
	const { stdout, exitCode } = await gitIn(
		repository,
		["rev-parse", "--quiet", "--verify", "--end-of-options", `${name}^{commit}`],
		{ signal, okStatus: [0, 1, 128] },
	);
	const commit = /^[0-9a-f]{40,64}$/m.exec(stdout)?.[0];
	return exitCode === 0 ? commit : undefined;
};

/** `git apply` to a tree that is no repository. */
export const applyArguments = (strip: number): readonly string[] => ["apply", "--whitespace=nowarn", `-p${strip}`];

/** A repository around the tree, or the user's settings, must not change what is applied. */
export const applyEnvironment = (tree: string): Readonly<Record<string, string>> => ({
	...GIT_ENVIRONMENT,
	GIT_CEILING_DIRECTORIES: path.dirname(tree),
});
