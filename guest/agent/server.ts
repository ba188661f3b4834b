/** One FUSE server's life: start in a mode, wait until it serves, stop within a bound. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { ServerEnd, ServerOrder } from "../../orchestrator/domain/channel.ts";
import type { ServerReady } from "../../orchestrator/domain/server-message.ts";
import { CONTROL, commandOf, isOurs, MOUNT, prepareFolders, startOrderOf } from "./server-command.ts";
import { ServerControl } from "./server-control.ts";
import { runBounded, until } from "./spawn.ts";

const setSysctls = (sysctls: ServerOrder["sysctls"]): void => {
	for (const [name, value] of Object.entries(sysctls)) {
		try {
			writeFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, value);
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			throw new Error(`sysctl ${name}=${value} was refused: ${why}`);
		}
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

/** libfuse 3.18 asks for fs.fuse.max_pages_limit pages and so negotiates that much max_write (lib/fuse_lowlevel.c). */
const maxWriteOfLibfuse = (): number => {
	try {
		return Number(readFileSync("/proc/sys/fs/fuse/max_pages_limit", "utf8")) * 4096;
	} catch {
		return 256 * 4096;
	}
};

/** A server's process and its last words. */
class Running {
	readonly child: ChildProcess;
	readonly log: string[] = [];
	ordered = false;
	end: ServerEnd | null = null;

	constructor(command: readonly string[], libfuse: string, onLog: (line: string) => void) {
		const [program = "", ...args] = command;
		const path = `${libfuse}/bin:${process.env.PATH ?? ""}`;
		this.child = spawn(program, args, {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, PATH: path, LD_LIBRARY_PATH: `${libfuse}/lib` },
		});
		for (const stream of [this.child.stdout, this.child.stderr])
			if (stream !== null)
				createInterface({ input: stream }).on("line", (line) => {
					if (this.log.length >= 2000) return;
					onLog(line);
					this.log.push(line);
				});
		this.child.on("error", (error) => {
			this.end ??= { exitCode: 127, signal: error.message, ordered: this.ordered };
		});
		this.child.on("exit", (exitCode, signal) => {
			this.end ??= { exitCode, signal, ordered: this.ordered };
		});
	}

	/** An error that says why it never served. */
	failure(how: string): Error {
		this.child.kill("SIGKILL");
		const ended = this.end === null ? "" : ` (it ended: ${this.end.signal ?? `status ${this.end.exitCode}`})`;
		return new Error(`the server ${how}${ended}${this.log.length > 0 ? `: ${this.log.slice(-3).join(" | ")}` : ""}`);
	}
}

export class Server {
	readonly #running: Running;
	/** Present with our own server. */
	readonly control: ServerControl | null;
	readonly connection: number;

	private constructor(running: Running, control: ServerControl | null, connection: number) {
		this.#running = running;
		this.control = control;
		this.connection = connection;
	}

	get pid(): number {
		return this.#running.child.pid ?? 0;
	}

	/** How it ended, or null while it runs. */
	get end(): ServerEnd | null {
		return this.#running.end;
	}

	/** What our own server set up. */
	get ready(): ServerReady | null {
		return this.control?.ready ?? null;
	}

	/** Negotiated max_write in bytes. */
	get maxWrite(): number {
		return this.ready?.maxWrite ?? maxWriteOfLibfuse();
	}

	/** Starts a server on `source`; fails when it does not serve within `timeoutMs`. */
	static async start(
		order: ServerOrder,
		source: string,
		onLog: (line: string) => void,
		timeoutMs: number,
	): Promise<Server> {
		setSysctls(order.sysctls);
		await prepareFolders(order, source);
		const running = new Running(commandOf(order, source), order.libfuse, onLog);
		const gone = (): boolean => running.end !== null;
		let control: ServerControl | null = null;
		if (isOurs(order)) {
			control = await ServerControl.open(CONTROL, gone, timeoutMs);
			if (control === null) throw running.failure("made no control socket");
			control.tell(startOrderOf(order, source));
			await until(() => gone() || control?.ready !== null || control.error !== null, timeoutMs, 5);
			if (control.error !== null) throw running.failure(`refused to start: ${control.error}`);
			if (control.ready === null) throw running.failure("did not become ready");
		} else {
			await until(() => gone() || connectionOf(MOUNT) !== null, timeoutMs);
		}
		const connection = connectionOf(MOUNT);
		if (gone() || connection === null) throw running.failure("is not mounted");
		return new Server(running, control, connection);
	}

	/** umount(8), then waits for the server's own end. */
	async stop(
		timeoutMs: number,
	): Promise<{ umountStatus: number | null; exitCode: number | null; signal: string | null; stillMounted: boolean }> {
		this.#running.ordered = true;
		const umount = await runBounded("umount", [MOUNT], timeoutMs);
		await until(() => this.end !== null, timeoutMs);
		return {
			umountStatus: umount.exitCode,
			exitCode: this.end?.exitCode ?? null,
			signal: this.end?.signal ?? null,
			stillMounted: connectionOf(MOUNT) !== null,
		};
	}

	/** Ends it whatever it is doing: abort the connection, SIGKILL, lazy unmount. True when nothing is left. */
	async destroy(timeoutMs: number): Promise<boolean> {
		this.#running.ordered = true;
		if (connectionOf(MOUNT) !== null)
			try {
				writeFileSync(`/sys/fs/fuse/connections/${this.connection}/abort`, "1");
			} catch {
				// The connection is gone already.
			}
		this.#running.child.kill("SIGKILL");
		if (connectionOf(MOUNT) !== null) await runBounded("umount", ["-l", MOUNT], timeoutMs);
		await until(() => this.end !== null, timeoutMs);
		this.control?.close();
		return this.end !== null && connectionOf(MOUNT) === null;
	}
}
