/** A range of commits, as `git format-patch` would send it. */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { commitOf, gitIn } from "../git.ts";
import { mailsOfFolder } from "./files.ts";
import { invalidSeries, type Series } from "./series.ts";
import { readThread } from "./thread.ts";

const MOST_COMMITS = 2000;

const countIn = async (repository: string, range: string, signal: AbortSignal, ...more: string[]): Promise<number> => {
	try {
		const { stdout } = await gitIn(repository, ["rev-list", "--count", ...more, "--end-of-options", range, "--"], {
			signal,
		});
		return Number(stdout.trim());
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof LabError) || !/exited with status/.test(error.message)) throw error;
		throw new LabError({
			code: "series-invalid",
			sentence: `${repository} has no commits ${range}.`,
			hint: "`git: PATH` names a repository and `range: FROM..TO` commits in it, as for `git log`.",
			evidence: error.evidence,
			cause: error,
		});
	}
};

/** One setting for everything that a repository could choose for itself. */
const FORMAT = [
	...["--numbered", "--subject-prefix=PATCH", "--no-signature", "--no-cover-letter", "--no-attach", "--no-thread"],
	...["--no-ext-diff", "--no-textconv", "--binary", "--full-index", "--src-prefix=a/", "--dst-prefix=b/", "--no-base"],
	...["--no-to", "--no-cc", "--no-add-header", "--zero-commit", "--no-notes", "--suffix=.patch"],
];

/** The commits of a range, oldest first, and the commit they stand on. */
export const readCommits = async (repository: string, range: string, signal: AbortSignal): Promise<Series> => {
	const origin = `${path.basename(repository)} ${range}`;
	const count = await countIn(repository, range, signal);
	if (count === 0)
		throw invalidSeries(`${range} in ${repository} names no commits.`, "Are its ends the wrong way round?");
	if (count > MOST_COMMITS)
		throw invalidSeries(
			`${range} in ${repository} holds ${count} commits; at most ${MOST_COMMITS} are read.`,
			"Name a nearer base.",
		);
	if ((await countIn(repository, range, signal, "--merges")) > 0)
		throw invalidSeries(
			`${range} in ${repository} holds a merge, which is no patch.`,
			"Name a range without merges, or rebase it.",
		);
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-range-"));
	try {
		await gitIn(repository, ["format-patch", ...FORMAT, "--output-directory", folder, "--end-of-options", range], {
			signal,
		});
		const series = await readThread(await mailsOfFolder(folder), origin);
		const [first] = (
			await gitIn(repository, ["rev-list", "--reverse", "--end-of-options", range, "--"], { signal })
		).stdout.split("\n");
		return { ...series, base: await commitOf(repository, `${first}^`, signal) };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};
