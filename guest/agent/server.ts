/** One FUSE server's life: start in a mode, wait until it serves, stop within a bound. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { ServerEnd, ServerOrder } from "../../orchestrator/domain/channel.ts";
import { runBounded, until } from "./spawn.ts";

export const MOUNT = "/run/fuselab/mnt";
const LIBFUSE = "/opt/libfuse";

const modeArguments = (order: ServerOrder): readonly string[] => {
	switch (order.mode) {
		case "devfuse":
			return [];
		case "uring-libfuse":
			return ["-o", "io_uring", "-o", `io_uring_q_depth=${order.queueDepth}`];
		default: {
			const never: never = order.mode;
			throw new Error(`unknown mode ${String(never)}`);
		}
	}
};

/** prlimit(1) sets the limit and becomes the server, so the pid stays ours. */
const limitArguments = ({ memlockBytes }: ServerOrder): readonly string[] =>
	memlockBytes === null ? [] : ["prlimit", `--memlock=${memlockBytes}:${memlockBytes}`];

/** env(1) comes last before the server, as the shim takes itself out of the environment of what it is loaded into. */
const lieArguments = ({ lies }: ServerOrder): readonly string[] =>
	lies.length === 0 ? [] : ["env", `LD_PRELOAD=${process.env.FUSELAB_LAB}/lie.so`, `FUSELAB_LIE=${lies.join(",")}`];

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
export const maxWriteOf = (): number => {
	try {
		return Number(readFileSync("/proc/sys/fs/fuse/max_pages_limit", "utf8")) * 4096;
	} catch {
		return 256 * 4096;
	}
};

export class Server {
	readonly #child: ChildProcess;
	readonly connection: number;
	#end: ServerEnd | null = null;
	#ordered = false;

	private constructor(child: ChildProcess, connection: number) {
		this.#child = child;
		this.connection = connection;
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	/** How it ended, or null while it runs. */
	get end(): ServerEnd | null {
		return this.#end;
	}

	/** Starts `passthrough_hp` on `source`; fails when it is not mounted within `timeoutMs`. */
	static async start(
		order: ServerOrder,
		source: string,
		onLog: (line: string) => void,
		timeoutMs: number,
	): Promise<Server> {
		mkdirSync(MOUNT, { recursive: true });
		setSysctls(order.sysctls);
		const [command = "", ...args] = [
			...limitArguments(order),
			...lieArguments(order),
			`${LIBFUSE}/bin/passthrough_hp`,
			...[source, MOUNT, "--nopassthrough", "--foreground", ...modeArguments(order)],
		];
		const child = spawn(command, args, {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, LD_LIBRARY_PATH: `${LIBFUSE}/lib` },
		});
		const log: string[] = [];
		for (const stream of [child.stdout, child.stderr])
			createInterface({ input: stream }).on("line", (line) => {
				if (log.length < 2000) onLog(line);
				log.push(line);
			});
		let end: Omit<ServerEnd, "ordered"> | null = null;
		child.on("error", (error) => {
			end ??= { exitCode: 127, signal: error.message };
		});
		const state = { server: null as Server | null };
		child.on("exit", (exitCode, signal) => {
			end = { exitCode, signal };
			if (state.server !== null) state.server.#end = { exitCode, signal, ordered: state.server.#ordered };
		});
		await until(() => end !== null || connectionOf(MOUNT) !== null, timeoutMs);
		const connection = connectionOf(MOUNT);
		if (end !== null || connection === null) {
			child.kill("SIGKILL");
			const how =
				end === null
					? `was not mounted within ${timeoutMs / 1000} s`
					: `ended before it was mounted (${JSON.stringify(end)})`;
			throw new Error(`passthrough_hp ${how}${log.length > 0 ? `: ${log.slice(-3).join(" | ")}` : ""}`);
		}
		state.server = new Server(child, connection);
		return state.server;
	}

	/** umount(8), then waits for the server's own end. */
	async stop(
		timeoutMs: number,
	): Promise<{ umountStatus: number | null; exitCode: number | null; signal: string | null; stillMounted: boolean }> {
		this.#ordered = true;
		const umount = await runBounded("umount", [MOUNT], timeoutMs);
		await until(() => this.#end !== null, timeoutMs);
		return {
			umountStatus: umount.exitCode,
			exitCode: this.#end?.exitCode ?? null,
			signal: this.#end?.signal ?? null,
			stillMounted: connectionOf(MOUNT) !== null,
		};
	}

	/** Ends it whatever it is doing: abort the connection, SIGKILL, lazy unmount. True when nothing is left. */
	async destroy(timeoutMs: number): Promise<boolean> {
		this.#ordered = true;
		if (connectionOf(MOUNT) !== null)
			try {
				writeFileSync(`/sys/fs/fuse/connections/${this.connection}/abort`, "1");
			} catch {
				// The connection is gone already.
			}
		this.#child.kill("SIGKILL");
		if (connectionOf(MOUNT) !== null) await runBounded("umount", ["-l", MOUNT], timeoutMs);
		await until(() => this.#end !== null, timeoutMs);
		return this.#end !== null && connectionOf(MOUNT) === null;
	}
}
