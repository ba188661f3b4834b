/** Child processes in the guest, each in its own group and each with a bound. */
import { type ChildProcess, spawn } from "node:child_process";

export interface Ended {
	readonly exitCode: number | null;
	readonly signal: string | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly timedOut: boolean;
}

/** Most of either output that is kept, in bytes. */
const KEPT = 8 * 1024 * 1024;

const killGroup = (child: ChildProcess): void => {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, "SIGKILL");
	} catch {
		// Gone already.
	}
};

/** Runs a program to its end or kills its group after `timeoutMs`; a task stuck in the kernel is given up 2 s later. */
export const runBounded = async (command: string, args: readonly string[], timeoutMs: number): Promise<Ended> =>
	await new Promise((resolve) => {
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
		const out: string[] = [];
		const err: string[] = [];
		let kept = 0;
		const keep = (into: string[]) => (chunk: Buffer) => {
			if (kept < KEPT) into.push(chunk.toString());
			kept += chunk.length;
		};
		child.stdout.on("data", keep(out));
		child.stderr.on("data", keep(err));
		let timedOut = false;
		let giveUp: NodeJS.Timeout | undefined;
		const finish = (exitCode: number | null, signal: string | null): void => {
			clearTimeout(timer);
			clearTimeout(giveUp);
			resolve({ exitCode, signal, stdout: out.join(""), stderr: err.join(""), timedOut });
		};
		const timer = setTimeout(() => {
			timedOut = true;
			killGroup(child);
			giveUp = setTimeout(() => finish(null, "unkillable"), 2000);
		}, timeoutMs);
		child.on("error", (error) => {
			err.push(error.message);
			finish(127, null);
		});
		child.on("close", (exitCode, signal) => finish(exitCode, signal));
	});

/** Resolves true when `condition` holds, false after `timeoutMs`. */
export const until = async (condition: () => boolean, timeoutMs: number, stepMs = 20): Promise<boolean> => {
	const end = performance.now() + timeoutMs;
	while (!condition()) {
		if (performance.now() > end) return false;
		await new Promise((resolve) => setTimeout(resolve, stepMs));
	}
	return true;
};
