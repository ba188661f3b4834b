/** The user's own xfstests in the guest root: a copy under a name that is the digest of what lies in the folder. */
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import type { Xfstests } from "../orchestrator/domain/third-party.ts";
import { digestOf, readIfThere } from "../orchestrator/host/files.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { run } from "../orchestrator/host/process.ts";
import { asRoot } from "../orchestrator/host/requirements.ts";
import type { GuestRoot, RootOptions } from "./root/root.ts";

const COPY_TIMEOUT_MS = 10 * 60_000;

/** $1 is the user's folder, $2 where its copy belongs. What git and earlier runs left in it is of no use to the guest. */
const COPY = `set -e
rm -rf "$2" "$2.tmp"
mkdir -p "$2.tmp"
tar -C "$1" --exclude=./.git --exclude=./results -cf - . | tar -C "$2.tmp" -xf -
touch "$2.tmp/.complete"
mv "$2.tmp" "$2"
`;

/** What a folder's build always has; `check` by itself is there before it, too. */
const BUILT = ["check", "common/config", "ltp/fsstress"];

/** Names, sizes and times, which is enough to see that a build was made anew. */
const fingerprint = async (folder: string): Promise<string> => {
	const names = (await readdir(folder, { recursive: true })).filter((name) => !/^(?:\.git|results)(?:\/|$)/.test(name));
	const lines = await Promise.all(
		names.toSorted().map(async (name) => {
			const { size, mtimeMs } = await lstat(path.join(folder, name));
			return `${name} ${size} ${mtimeMs}`;
		}),
	);
	return digestOf(COPY, folder, ...lines).slice(0, 16);
};

/** Copies the folder unless this very state of it is there; it is only read. Throws `source-missing` where it is no built xfstests. */
export const ensureXfstests = async (
	root: GuestRoot,
	wanted: Xfstests,
	{ signal, onStage }: RootOptions,
): Promise<Xfstests> => {
	for (const name of BUILT)
		if ((await readIfThere(path.join(wanted.folder, name))) === undefined)
			throw new LabError({
				code: "source-missing",
				sentence: `${wanted.folder} is no built xfstests: it has no ${name}.`,
				hint: "Build it first (`make`); fuselab takes it as it is.",
			});
	const folder = `/opt/xfstests/${await fingerprint(wanted.folder)}`;
	const target = path.join(root.path, folder);
	await withLock(
		path.join(root.path, "..", "xfstests.lock"),
		signal,
		() => onStage("waiting for another fuselab that copies xfstests"),
		async () => {
			if ((await readIfThere(path.join(target, ".complete"))) !== undefined) return;
			onStage(`copying ${wanted.folder} into the guest's root`);
			const [program = "", ...args] = [...asRoot(), "sh", "-c", COPY, "sh", wanted.folder, target];
			await run(program, args, { signal, failure: "root-failed", timeoutMs: COPY_TIMEOUT_MS });
		},
	);
	return { ...wanted, folder };
};
