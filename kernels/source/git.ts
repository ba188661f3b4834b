/** A git tree, by path or by URL. The repository is only ever read. */
import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { digestOf } from "../../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../../orchestrator/host/folders.ts";
import { withLock } from "../../orchestrator/host/lock.ts";
import { commitOf, gitIn } from "../git.ts";
import { type ResolvedSource, type SourceOptions, UNPACK_TIMEOUT_MS, untar } from "./resolved.ts";

const FETCH_TIMEOUT_MS = 60 * 60 * 1000;

const missing = (sentence: string, hint: string): LabError => new LabError({ code: "source-missing", sentence, hint });

/** Fetches one commit of a remote repository into a bare one in the cache, without its history. */
const fetchRef = async (url: string, ref: string, { signal, onStage }: SourceOptions): Promise<string> => {
	const base = await ensureFolder(path.join(folders.cache(), "git"));
	const repository = path.join(base, `${digestOf(url).slice(0, 16)}.git`);
	const fetch = async (): Promise<void> => {
		await gitIn(base, ["init", "--quiet", "--bare", repository], { signal });
		if ((await commitOf(repository, ref, signal)) === ref) return;
		onStage(`fetching ${ref} of ${url}`);
		await gitIn(
			repository,
			[
				"fetch",
				"--quiet",
				"--no-tags",
				"--depth=1",
				"--end-of-options",
				url,
				`+${ref}:refs/fuselab/${digestOf(ref).slice(0, 16)}`,
			],
			{
				signal,
				timeoutMs: FETCH_TIMEOUT_MS,
				failure: "fetch-failed",
				hint: "Is the network up, and is there such a branch, tag or commit? A local clone can be named by its path.",
			},
		);
	};
	await withLock(
		`${repository}.lock`,
		signal,
		() => onStage(`waiting for another fuselab to fetch ${url}`),
		fetch,
		FETCH_TIMEOUT_MS,
	);
	return repository;
};

const isUrl = (repository: string): boolean => !path.isAbsolute(repository);

const requireRepository = async (folder: string, signal: AbortSignal): Promise<void> => {
	const isFolder = await stat(folder).then(
		(facts) => facts.isDirectory(),
		() => false,
	);
	const known = isFolder
		? await gitIn(folder, ["rev-parse", "--git-dir"], { signal, okStatus: [0, 128] })
		: { exitCode: 128 };
	if (known.exitCode !== 0)
		throw missing(`${folder} is no git repository.`, "Name a clone, bare or not; `folder:` names a tree without git.");
};

const unpackCommit = async (
	repository: string,
	commit: string,
	tree: string,
	{ signal, onStage }: SourceOptions,
): Promise<void> => {
	onStage(`unpacking ${commit.slice(0, 12)} of ${repository}`);
	await mkdir(tree, { recursive: true });
	const archive = `${tree}.tar`;
	try {
		// Only objects are read: the index, the work tree and what is uncommitted in it play no part.
		await gitIn(
			repository,
			["-c", "core.autocrlf=false", "-c", "tar.umask=0022", "archive", "--format=tar", `--output=${archive}`, commit],
			{ signal, timeoutMs: UNPACK_TIMEOUT_MS },
		);
		await untar(archive, tree, 0, signal);
	} finally {
		await rm(archive, { force: true });
	}
};

/** Resolves a ref, or the commit that the series is based on. */
export const resolveGit = async (
	given: string,
	ref: string | null,
	base: string | undefined,
	options: SourceOptions,
): Promise<ResolvedSource> => {
	const { signal } = options;
	const wanted = ref ?? base;
	if (wanted === undefined)
		throw new LabError({
			code: "config-invalid",
			sentence: `The git source ${given} names no ref, and the series no base-commit.`,
			hint: "Add `ref:` with a branch, tag or commit; `git format-patch --base` records one in a series.",
		});
	if (!isUrl(given)) await requireRepository(given, signal);
	const repository = isUrl(given) ? await fetchRef(given, wanted, options) : given;
	const name =
		isUrl(given) && !/^[0-9a-f]{40}$/.test(wanted) ? `refs/fuselab/${digestOf(wanted).slice(0, 16)}` : wanted;
	const commit = await commitOf(repository, name, signal);
	if (commit === undefined)
		throw missing(
			`${given} has no commit ${wanted}${ref === null ? ", which the series says it is based on" : ""}.`,
			ref === null
				? "Fetch it into the repository, or name another base by `ref:`."
				: "`git log` in it shows what it has.",
		);
	const tree = (await gitIn(repository, ["rev-parse", `${commit}^{tree}`], { signal })).stdout.trim();
	const described = await gitIn(repository, ["describe", "--tags", "--always", "--abbrev=12", commit], { signal });
	return {
		name: `${wanted} of ${given}`,
		version: described.stdout.trim(),
		sha256: digestOf("git tree", tree),
		unpack: async (target, unpacking) => await unpackCommit(repository, commit, target, unpacking),
		holds: async (other, asking) => {
			if (other === commit) return true;
			// A history that was cut short says nothing about what lies before the cut.
			if (isUrl(given) || (await commitOf(repository, other, asking)) === undefined)
				return isUrl(given) ? undefined : false;
			const { exitCode } = await gitIn(repository, ["merge-base", "--is-ancestor", other, commit], {
				signal: asking,
				okStatus: [0, 1],
			});
			return exitCode === 0;
		},
		readBlob: (asking) => async (id) => {
			const { stdout, exitCode } = await gitIn(repository, ["cat-file", "blob", id], {
				signal: asking,
				okStatus: [0, 128],
			});
			return exitCode === 0 ? `${stdout}\n` : undefined;
		},
	};
};
