/** A server's process: the child that was started, or the daemon that it left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import type { ProcessEnd, ServerEnd } from "../../orchestrator/domain/channel.ts";

/** Most lines of a server's output that are kept. */
const MOST_LINES = 2000;

/** How often a daemon is asked whether it is still there, in milliseconds. */
const DAEMON_STEP_MS = 20;

const isAlive = (pid: number): boolean => {
	try {
		// A zombie has ended, whether or not somebody has taken its status.
		return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
};

/** Minor device number of the FUSE mount, which is the connection's number in fusectl and debugfs; null when not mounted. */
export const connectionOf = (mountPoint: string): number | null => {
	for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
		const fields = line.split(" ");
		if (fields[4] === mountPoint) return Number(fields[2]?.split(":")[1]);
	}
	return null;
};

const listing = (folder: string): readonly string[] => {
	try {
		return readdirSync(folder);
	} catch {
		// The process has ended, or is a kernel thread.
		return [];
	}
};

/** True when the descriptor is the connection's: fuse_dev_show_fdinfo (fs/fuse/dev.c, 7.3) tells its number. */
const isConnections = (process: string, descriptor: string, connection: number): boolean => {
	try {
		if (readlinkSync(`${process}/fd/${descriptor}`) !== "/dev/fuse") return false;
		const told = /^fuse_connection:\s*(\d+)$/m.exec(readFileSync(`${process}/fdinfo/${descriptor}`, "utf8"));
		// An older kernel does not tell; the guest has no other server then.
		return told === null || Number(told[1]) === connection;
	} catch {
		// Closed while it was looked at.
		return false;
	}
};

/** The process that serves `connection`, or null. */
const serverOf = (connection: number): number | null => {
	const serves = (pid: string): boolean =>
		listing(`/proc/${pid}/fd`).some((descriptor) => isConnections(`/proc/${pid}`, descriptor, connection));
	const pid = listing("/proc").find((name) => /^\d+$/.test(name) && serves(name));
	return pid === undefined ? null : Number(pid);
};

/** A server's process and its last words. */
export class ServerProcess {
	readonly #child: ChildProcess;
	#daemon: number | null = null;
	readonly #log: string[] = [];
	ordered = false;
	/** How somebody else than the agent means to end it; null when nobody does. */
	expected: ProcessEnd | null = null;
	/** How it ended; null while it runs. */
	end: ServerEnd | null = null;

	constructor(command: readonly string[], mount: string, libfuse: string, onLog: (line: string) => void) {
		const [program = "", ...args] = command;
		const path = `${libfuse}/bin:${process.env.PATH ?? ""}`;
		this.#child = spawn(program, args, {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, PATH: path, LD_LIBRARY_PATH: `${libfuse}/lib` },
		});
		for (const stream of [this.#child.stdout, this.#child.stderr])
			if (stream !== null)
				createInterface({ input: stream }).on("line", (line) => {
					if (this.#log.length >= MOST_LINES) return;
					onLog(line);
					this.#log.push(line);
				});
		this.#child.on("error", (error) => this.#ended(127, error.message));
		this.#child.on("exit", (exitCode, signal) => {
			// libfuse's parent ends well once it has mounted and the daemon serves.
			const left = exitCode === 0 && !this.ordered && this.#adopt(connectionOf(mount));
			if (!left) this.#ended(exitCode, signal);
		});
	}

	get pid(): number {
		return this.#daemon ?? this.#child.pid ?? 0;
	}

	get isDaemon(): boolean {
		return this.#daemon !== null;
	}

	kill(): void {
		this.#child.kill("SIGKILL");
		if (this.#daemon === null || this.end !== null) return;
		try {
			process.kill(this.#daemon, "SIGKILL");
		} catch {
			// Gone already.
		}
	}

	/** An error that says why it never served. */
	failure(how: string): Error {
		this.kill();
		const ended = this.end === null ? "" : ` (it ended: ${this.end.signal ?? `status ${this.end.exitCode}`})`;
		const words = this.#log.length > 0 ? `: ${this.#log.slice(-3).join(" | ")}` : "";
		return new Error(`the server ${how}${ended}${words}`);
	}

	/** The process is from now on the one that serves; false when there is none. How a daemon ends nobody is told. */
	#adopt(connection: number | null): boolean {
		const pid = connection === null ? null : serverOf(connection);
		if (pid === null) return false;
		this.#daemon = pid;
		const watch = setInterval(() => {
			if (isAlive(pid)) return;
			clearInterval(watch);
			this.#ended(null, null);
		}, DAEMON_STEP_MS);
		watch.unref();
		return true;
	}

	#ended(exitCode: number | null, signal: string | null): void {
		this.end ??= { exitCode, signal, ordered: this.ordered, expected: this.expected };
	}
}
