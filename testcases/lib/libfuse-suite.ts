/** libfuse's own tests: its runner as it comes with the source, on its own servers, over /dev/fuse or `-o io_uring`. */
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
	/** How often what fails is tried, where tests race with a server's clock; once without it. */
	readonly tries?: number;
	/** What a test has to say in failing to be tried again; any other failure is one at once. Whatever it says without it. */
	readonly triedFor?: RegExp;
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

const writeProgram = async (file: string, line: string): Promise<void> => {
	await rm(file, { force: true });
	await writeFile(file, `#!/bin/sh\n${line}\n`);
	await chmod(file, 0o755);
};

/**
 * A build folder like the real one, but for a few programs of `example/`. Over io_uring it is `printcap`: the runner believes
 * in io_uring when printcap names FUSE_CAP_OVER_IO_URING, which 3.18.3's cannot. With lies it is every server: the shim takes itself
 * out of the environment of what it is loaded into, so each of them needs it anew.
 */
const buildFolder = async ({ mode, lies }: Lab, folder: string): Promise<string> => {
	const build = path.join(folder, "build");
	await mkdir(path.join(build, "example"), { recursive: true });
	const link = async (name: string): Promise<void> =>
		await symlink(path.join(LIBFUSE_TESTS, name), path.join(build, name));
	for (const name of await readdir(LIBFUSE_TESTS)) if (name !== "example") await link(name);
	const programs = (await readdir(path.join(LIBFUSE_TESTS, "example"))).map((name) => `example/${name}`);
	const shim = `env LD_PRELOAD=${process.env.FUSELAB_LAB}/lie.so FUSELAB_LIE=${lies.join(",")}`;
	for (const name of programs)
		if (lies.length === 0) await link(name);
		else await writeProgram(path.join(build, name), `exec ${shim} ${LIBFUSE_TESTS}/${name} "$@"`);
	const real = `${LIBFUSE_TESTS}/example/printcap`;
	const and = mode === "uring-libfuse" ? " && printf '\\tFUSE_CAP_OVER_IO_URING\\n'" : "";
	await writeProgram(path.join(build, "example/printcap"), `${real}${and}`);
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

interface Round {
	readonly folder: string;
	/** Arguments of the runner that say which tests. */
	readonly chosen: readonly string[];
	readonly build: string;
}

/** Runs tests; gives what became of each, what the runner said, and its status. */
const runRound = async (lab: Lab, { folder, chosen, build }: Round) => {
	const transport = lab.mode === "uring-libfuse" ? ["--io-uring"] : [];
	const args = ["-B", RUNNER, "--build-dir", build, ...chosen, "--jobs", "2", "--run-dir", folder, ...transport];
	// There is no systemd to ask for a cgroup: this is how the runner knows that it has asked.
	const ended = await lab.run(...contained("env", "FUSE_TESTS_UNDER_SCOPE=1", "python3", ...args));
	const outcomes = await Promise.all(
		outcomesIn(ended.stdout).map(async (outcome) => ({
			...outcome,
			output: outcome.status === "PASS" ? "" : await lastWords(path.join(folder, outcome.name, "logs")),
		})),
	);
	return { outcomes, status: ended.status, output: `${ended.stdout}\n${ended.stderr}` };
};

/** Runs the tests of some patterns; every one of them is an assertion, and each has to pass but for those that are named. */
export const runLibfuseTests = async (
	t: Test,
	lab: Lab,
	{ patterns, skips = {}, leftOut = {}, tries = 1, triedFor = /^/ }: LibfuseTests,
): Promise<void> => {
	const folder = path.join(lab.behind, "libfuse");
	await mkdir(folder, { recursive: true });
	const build = await buildFolder(lab, folder);
	const without = Object.keys(leftOut).flatMap((name) => ["-X", name]);
	const these = (names: readonly string[]): readonly string[] => [...names.flatMap((name) => ["-t", name]), ...without];
	const listed = await lab.run("python3", ["-B", RUNNER, "--build-dir", build, ...these(patterns), "--list"]);
	const names = listed.stdout.split("\n").filter(Boolean);
	t.ok(names.length > 0, "the suite has such tests", { stderr: listed.stderr });
	let last = await runRound(lab, { folder: path.join(folder, "run-1"), chosen: these(patterns), build });
	const outcomes = new Map(last.outcomes.map((outcome) => [outcome.name, outcome]));
	for (let round = 2; round <= tries; round += 1) {
		const failed = names.filter((name) => outcomes.get(name)?.status === "FAIL");
		const isKnown = (name: string): boolean => triedFor.test(outcomes.get(name)?.output ?? "");
		if (failed.length === 0 || !failed.every(isKnown)) break;
		t.comment(`tried again: ${failed.join(" ")}`);
		last = await runRound(lab, { folder: path.join(folder, `run-${round}`), chosen: these(failed), build });
		for (const outcome of last.outcomes) outcomes.set(outcome.name, outcome);
	}
	for (const name of names) {
		const { status: found = "no word", reason = "", output = "" } = outcomes.get(name) ?? {};
		const allowed = skips[name];
		if (allowed !== undefined) t.same([found, reason], ["SKIP", allowed], `${name} skips itself`, { output });
		else t.equal(found, "PASS", name, { reason, output });
	}
	// Its own count and the slowest of them, for whoever looks at a record.
	t.comment(last.output.slice(last.output.lastIndexOf("\n\nslowest:")).slice(0, 400));
	t.equal(last.status, 0, "the suite's own verdict", { output: last.output.slice(-SHOWN) });
};
