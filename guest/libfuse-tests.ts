/** libfuse's own tests in the guest root: built there from the very source of the root, on the first run that asks for them. */
import path from "node:path";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { LIBFUSE_SOURCE, LIBFUSE_TESTS } from "../orchestrator/domain/third-party.ts";
import { digestOf, readIfThere } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { run } from "../orchestrator/host/process.ts";
import { asRoot } from "../orchestrator/host/requirements.ts";
import type { GuestRoot, RootOptions } from "./root/root.ts";

const BUILD_TIMEOUT_MS = 15 * 60_000;

/**
 * Run in the root: $1 is where the build belongs, $2 what marks it as complete. Its programs find their library relative to
 * themselves. The prefix holds no fusermount3, so that the one which was built is found by PATH.
 */
const BUILD = `set -e
rm -rf "$1.tmp"
meson setup "$1.tmp" ${LIBFUSE_SOURCE} --prefix="$1/nowhere" --libdir=lib --buildtype=release -Dexamples=true -Dtests=true -Dutils=true -Denable-custom-io=true
ninja -C "$1.tmp"
find "$1.tmp" -depth -name '*.p' -type d -exec rm -r {} ';'
printf %s "$2" > "$1.tmp/complete"
rm -rf "$1"
mv "$1.tmp" "$1"
`;

/** Builds libfuse's tests unless they are there. Throws `root-failed` with the log. */
export const ensureLibfuseTests = async (root: GuestRoot, { signal, onStage }: RootOptions): Promise<void> => {
	const digest = digestOf(BUILD).slice(0, 16);
	const marker = path.join(root.path, LIBFUSE_TESTS, "complete");
	const isThere = async (): Promise<boolean> => (await readIfThere(marker)) === digest;
	if (await isThere()) return;
	const log = path.join(await ensureFolder(path.join(folders.state(), "logs")), `libfuse-tests-${digest}.log`);
	await withLock(
		path.join(root.path, "..", "libfuse-tests.lock"),
		signal,
		() => onStage("waiting for another fuselab that builds libfuse's tests"),
		async () => {
			if (await isThere()) return;
			onStage(`building the tests of libfuse ${root.libfuse} (half a minute, once)`, log);
			const [program = "", ...args] = [
				...asRoot(),
				"chroot",
				root.path,
				"sh",
				"-c",
				BUILD,
				"sh",
				LIBFUSE_TESTS,
				digest,
			];
			await run(program, args, {
				signal,
				logFile: log,
				failure: "root-failed",
				hint: "The log has the compiler's words.",
				timeoutMs: BUILD_TIMEOUT_MS,
			});
			if (!(await isThere()))
				throw new LabError({ code: "root-failed", sentence: "The tests of libfuse were built, and are not there." });
		},
	);
};
