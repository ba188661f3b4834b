import { spawn } from "node:child_process";

export interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Most of either output that is kept, in bytes. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** Runs a program; after `timeoutMs` it is killed and no longer waited for, as a task stuck in FUSE may not die. */
export const runProgram = async (command: string, args: readonly string[], timeoutMs: number): Promise<Ended> =>
	await new Promise((resolve) => {
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
		const stdout: Buffer[] = [];
		const stderr: Buffer[] = [];
		const keep = (into: Buffer[]) => {
			let kept = 0;
			return (chunk: Buffer): void => {
				if (kept < KEPT_BYTES) into.push(chunk);
				kept += chunk.length;
			};
		};
		child.stdout.on("data", keep(stdout));
		child.stderr.on("data", keep(stderr));
		const finish = (status: number | null, remark: string): void => {
			clearTimeout(timer);
			resolve({
				status,
				stdout: Buffer.concat(stdout).toString(),
				stderr: Buffer.concat(stderr).toString() + remark,
			});
		};
		const timer = setTimeout(() => {
			if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
			finish(null, `${command} did not end within ${timeoutMs / 1000} s\n`);
		}, timeoutMs);
		child.on("error", (error) => finish(null, `${error.message}\n`));
		child.on("close", (status) => finish(status, ""));
	});
