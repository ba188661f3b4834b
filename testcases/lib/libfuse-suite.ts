/** libfuse's own tests: its runner as it comes with the source, on its own servers, over /dev/fuse or `-o io_uring`. */
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Test } from "tap";
import { LIBFUSE_SOURCE, LIBFUSE_TESTS } from "../../orchestrator/domain/third-party.ts";
import type { Lab } from "../case.ts";
import { contained } from "./contained.ts";

const RUNNER = `${LIBFUSE_SOURCE}/test/run-tests.py`;
/** Most of a failed test's output that is shown, in characters. */
const SHOWN = 4000;

/** Reasons by the names of tests. */
export type Reasons = Readonly<Record<string, string>>;

export interface LibfuseTests {
	/** Names of tests as `run-tests.py -t` takes them, such as `mount/*`. */
	readonly patterns: readonly string[];
	/** Tests that skip themselves here, with the suite's own words; any other skip fails. */
	readonly skips?: Reasons;
	/** Tests that are left out, and why. */
	readonly leftOut?: Reasons;
}

interface Outcome {
	readonly name: string;
	readonly status: string;
	readonly reason: string;
}

/** What the runner says of its finished tests, from lines such as `+  1.234s PASS  mount/prune   0.52s  reason`; pure. */
export const outcomesIn = (output: string): readonly Outcome[] =>
	[...output.matchAll(/^\+ *[\d.]+s (PASS|FAIL|SKIP) +(\S+) +[\d.]+s(?: +(.*))?$/gm)].map(
		([, status = "", name = "", reason = ""]) => ({ name, status, reason }),
	);

/**
 * A build folder whose example servers lie: the shim takes itself out of the environment of what it is loaded into, so
 * each of them needs it anew.
 */
const lyingBuild = async (folder: string, lies: readonly string[]): Promise<string> => {
	const build = path.join(folder, "lying-build");
	await mkdir(path.join(build, "example"), { recursive: true });
	for (const name of await readdir(LIBFUSE_TESTS))
		if (name !== "example") await symlink(path.join(LIBFUSE_TESTS, name), path.join(build, name));
	const shim = `LD_PRELOAD=${process.env.FUSELAB_LAB}/lie.so FUSELAB_LIE=${lies.join(",")}`;
	for (const name of await readdir(path.join(LIBFUSE_TESTS, "example"))) {
		const wrapper = path.join(build, "example", name);
		await writeFile(wrapper, `#!/bin/sh\nexec env ${shim} ${LIBFUSE_TESTS}/example/${name} "$@"\n`);
		await chmod(wrapper, 0o755);
	}
	return build;
};

/** What a failed test left behind: its own output and its servers'. */
const lastWords = async (logs: string): Promise<string> => {
	const names = (await readdir(logs).catch(() => [])).filter(
		(name) => /\.out$/.test(name) && name !== "timestamps.out",
	);
	const texts = await Promise.all(
		names.map(async (name) => `${name}:\n${await readFile(path.join(logs, name), "utf8")}`),
	);
	return texts.join("\n").slice(-SHOWN);
};

/** Runs the tests of some patterns; every one of them is an assertion, and each has to pass but for those that are named. */
export const runLibfuseTests = async (
	t: Test,
	lab: Lab,
	{ patterns, skips = {}, leftOut = {} }: LibfuseTests,
): Promise<void> => {
	const folder = path.join(lab.behind, "libfuse");
	await mkdir(folder, { recursive: true });
	const build = lab.lies.length === 0 ? LIBFUSE_TESTS : await lyingBuild(folder, lab.lies);
	const chosen = [
		...patterns.flatMap((pattern) => ["-t", pattern]),
		...Object.keys(leftOut).flatMap((name) => ["-X", name]),
	];
	const runner = ["python3", "-B", RUNNER, "--build-dir", build];
	const listed = await lab.run("env", [...runner, ...chosen, "--list"]);
	const names = listed.stdout.split("\n").filter(Boolean);
	t.ok(names.length > 0, "the suite has such tests", { stderr: listed.stderr });
	const transport = lab.mode === "uring-libfuse" ? ["--io-uring"] : [];
	const work = path.join(folder, "run");
	const args = [...runner, ...chosen, "--jobs", "2", "--run-dir", work, ...transport];
	// There is no systemd to ask for a cgroup: this is how the runner knows that it has asked.
	const { status, stdout, stderr } = await lab.run(...contained("env", "FUSE_TESTS_UNDER_SCOPE=1", ...args));
	const outcomes = new Map(outcomesIn(stdout).map((outcome) => [outcome.name, outcome]));
	for (const name of names) {
		const { status: found = "no word", reason = "" } = outcomes.get(name) ?? {};
		const allowed = skips[name];
		if (allowed !== undefined) t.same([found, reason], ["SKIP", allowed], `${name} skips itself`);
		else
			t.equal(found, "PASS", name, {
				reason,
				...(found === "PASS" ? {} : { output: await lastWords(path.join(work, name, "logs")) }),
			});
	}
	t.equal(status, 0, "the suite's own verdict", { output: `${stdout}\n${stderr}`.slice(-SHOWN) });
};
