/** One trial of the memlock laboratory: a server with a limit, something done with it, and what is left of it. */
import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import {
	type MemlockOutcome,
	type MemlockReading,
	type MemlockTrial,
	poolPages,
} from "../../../orchestrator/domain/memlock.ts";
import { runBounded, until } from "../spawn.ts";
import { chargedPages, pinnedPages, readCharge, registeredPages, vmPinPages } from "./measure.ts";
import { Subject } from "./subject.ts";

/** The kernel frees a ring some milliseconds after its end. */
const RELEASE_MS = 5_000;
const STEP_MS = 5;
const START_MS = 20_000;
const CGROUPS = "/run/fuselab/cgroup";
const CHILD_SECONDS = 30;

type Seen = Omit<MemlockOutcome, "left" | "readings"> &
	Partial<Pick<MemlockOutcome["left"], "crashed" | "mounted" | "retried">>;

interface Bench {
	readonly trial: MemlockTrial;
	/** Pages that were pinned in the guest before it. */
	readonly pinnedBefore: number;
	/** Takes a reading and keeps it. */
	read(at: MemlockReading["at"], subject: Subject): Promise<void>;
}

/** What there is to see of a server that serves, or does not. */
const look = async ({ trial, read }: Bench, subject: Subject): Promise<Seen> => {
	const { got } = subject;
	const unusable = got === null ? subject.why : await subject.use();
	const fallen = got !== null && got !== trial.server.mode;
	if (fallen) await until(() => vmPinPages(subject.pid) === 0, RELEASE_MS, STEP_MS);
	if (got !== null) await read(fallen ? "fallen-back" : "serving", subject);
	return {
		got,
		why: subject.why,
		refusal: await subject.refusal(),
		queues: subject.ready?.queues ?? 0,
		pinnedQueues: subject.ready?.pinnedQueues ?? 0,
		usable: unusable === null,
		unusableWhy: unusable,
	};
};

const endOf = ({ crashed, mounted }: Subject): Pick<MemlockOutcome["left"], "crashed" | "mounted"> => ({
	crashed,
	mounted,
});

const serve = async (bench: Bench): Promise<Seen> => {
	const subject = await Subject.start(bench.trial, "one");
	const seen = await look(bench, subject);
	await subject.stop();
	return { ...seen, ...endOf(subject) };
};

const serveTwo = async (bench: Bench): Promise<Seen> => {
	const first = await Subject.start(bench.trial, "first");
	await bench.read("first-serving", first);
	const second = await Subject.start(bench.trial, "one");
	const seen = await look(bench, second);
	await second.stop();
	const firstWhy = first.got === null ? first.why : await first.use();
	await first.stop();
	return {
		...seen,
		...endOf(second),
		usable: seen.usable && firstWhy === null,
		unusableWhy: seen.unusableWhy ?? firstWhy,
	};
};

const lowerLimit = async (bench: Bench, bytes: number): Promise<Seen> => {
	const subject = await Subject.start(bench.trial, "one");
	const seen = await look(bench, subject);
	await runBounded("prlimit", [`--pid=${subject.pid}`, `--memlock=${bytes}:${bytes}`], RELEASE_MS);
	const unusable = seen.unusableWhy ?? (await subject.use());
	await bench.read("lowered", subject);
	await subject.stop();
	return { ...seen, ...endOf(subject), usable: unusable === null, unusableWhy: unusable };
};

const killAt = async ({ trial, read }: Bench, queue: number): Promise<Seen> => {
	const options = { ...trial.server.options, "hold-at": String(queue) };
	const subject = await Subject.start({ ...trial, server: { ...trial.server, options } }, "one", { wait: false });
	await until(() => registeredPages(subject.pid) >= queue * poolPages(trial.server), START_MS, STEP_MS);
	await read("held", subject);
	subject.kill();
	await until(() => subject.ended, RELEASE_MS, STEP_MS);
	const seen = { got: null, why: subject.why, refusal: null, queues: 0, pinnedQueues: 0 };
	await subject.bury();
	return { ...seen, usable: false, unusableWhy: subject.why, ...endOf(subject) };
};

const forkAndKill = async (bench: Bench): Promise<Seen> => {
	const subject = await Subject.start(bench.trial, "one");
	const seen = await look(bench, subject);
	await subject.order({ type: "fork", seconds: CHILD_SECONDS });
	subject.kill();
	await until(() => subject.ended, RELEASE_MS, STEP_MS);
	await bench.read("child-alive", subject);
	await runBounded("pkill", ["-KILL", "-x", "fuselab-child"], RELEASE_MS);
	await subject.bury();
	return { ...seen, ...endOf(subject) };
};

const rounds = async (bench: Bench, count: number): Promise<Seen> => {
	let retried = 0;
	for (let round = 1; ; round += 1) {
		let subject = await Subject.start(bench.trial, "one");
		if (subject.got !== bench.trial.server.mode) {
			retried += 1;
			await subject.stop();
			await settled(bench);
			subject = await Subject.start(bench.trial, "one");
		}
		const last = round === count || subject.got !== bench.trial.server.mode;
		if (!last) {
			await subject.stop();
			continue;
		}
		const seen = await look(bench, subject);
		await subject.stop();
		return { ...seen, ...endOf(subject), why: seen.why === "" ? seen.why : `round ${round}: ${seen.why}`, retried };
	}
};

const inCgroup = async (bench: Bench, bytes: number): Promise<Seen> => {
	mkdirSync(CGROUPS, { recursive: true });
	await runBounded("mount", ["-t", "cgroup2", "cgroup2", CGROUPS], RELEASE_MS);
	const cgroup = `${CGROUPS}/memlock`;
	try {
		writeFileSync(`${CGROUPS}/cgroup.subtree_control`, "+memory");
		mkdirSync(cgroup, { recursive: true });
		writeFileSync(`${cgroup}/memory.max`, String(bytes));
		const subject = await Subject.start(bench.trial, "one", { cgroup });
		const seen = await look(bench, subject);
		await subject.stop();
		await until(() => removed(cgroup), RELEASE_MS, STEP_MS);
		return { ...seen, ...endOf(subject) };
	} finally {
		await runBounded("umount", [CGROUPS], RELEASE_MS);
	}
};

const removed = (cgroup: string): boolean => {
	try {
		rmdirSync(cgroup);
		return true;
	} catch {
		// Something is still in it.
		return false;
	}
};

const perform = async (bench: Bench): Promise<Seen> => {
	const { act } = bench.trial;
	switch (act.kind) {
		case "serve":
			return await serve(bench);
		case "two-servers":
			return await serveTwo(bench);
		case "lower-limit":
			return await lowerLimit(bench, act.bytes);
		case "kill-at":
			return await killAt(bench, act.queue);
		case "fork":
			return await forkAndKill(bench);
		case "rounds":
			return await rounds(bench, act.count);
		case "memory-cgroup":
			return await inCgroup(bench, act.bytes);
	}
};

/** Waits until the user is charged for nothing and nothing more is pinned than before, or the time is over. */
const settled = async ({
	trial: { user },
	pinnedBefore,
}: Bench): Promise<Pick<MemlockOutcome["left"], "user" | "pinned" | "waitedMs">> => {
	const started = performance.now();
	for (;;) {
		const left = { user: await chargedPages(user), pinned: pinnedPages() - pinnedBefore };
		const waitedMs = Math.round(performance.now() - started);
		if ((left.user === 0 && left.pinned === 0) || waitedMs > RELEASE_MS) return { ...left, waitedMs };
		await until(() => false, STEP_MS, STEP_MS);
	}
};

/** Runs one trial; throws only where the lab itself cannot. */
export const runTrial = async (trial: MemlockTrial): Promise<MemlockOutcome> => {
	const pinnedBefore = pinnedPages();
	const readings: MemlockReading[] = [];
	const bench: Bench = {
		trial,
		pinnedBefore,
		read: async (at, subject) => {
			readings.push(await readCharge(at, trial.user, subject.pid, pinnedBefore));
		},
	};
	const { crashed = null, mounted = false, retried = 0, ...seen } = await perform(bench);
	return { ...seen, readings, left: { ...(await settled(bench)), crashed, mounted, retried } };
};
