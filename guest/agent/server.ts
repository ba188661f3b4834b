/** One FUSE server's life: start in a mode, wait until it serves, stop within a bound. */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { ProcessEnd, ServerEnd, ServerOrder } from "../../orchestrator/domain/channel.ts";
import type { ServerReady } from "../../orchestrator/domain/server-message.ts";
import type { StoppedServer } from "../../testcases/case.ts";
import { CONTROL, commandOf, isOurs, MOUNT, prepareFolders, startOrderOf } from "./server-command.ts";
import { ServerControl } from "./server-control.ts";
import { connectionOf, ServerProcess } from "./server-process.ts";
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

/** libfuse 3.18 asks for fs.fuse.max_pages_limit pages and so negotiates that much max_write (lib/fuse_lowlevel.c). */
const maxWriteOfLibfuse = (): number => {
	try {
		return Number(readFileSync("/proc/sys/fs/fuse/max_pages_limit", "utf8")) * 4096;
	} catch {
		return 256 * 4096;
	}
};

/** Aborts the connection, kills the process and takes the mount away lazily. True when nothing is left. */
const endByForce = async (running: ServerProcess, timeoutMs: number): Promise<boolean> => {
	running.ordered = true;
	const connection = connectionOf(MOUNT);
	if (connection !== null)
		try {
			writeFileSync(`/sys/fs/fuse/connections/${connection}/abort`, "1");
		} catch {
			// The connection is gone already.
		}
	running.kill();
	if (connectionOf(MOUNT) !== null) await runBounded("umount", ["-l", MOUNT], timeoutMs);
	await until(() => running.end !== null, timeoutMs);
	return running.end !== null && connectionOf(MOUNT) === null;
};

/** umount(8)'s status when the kernel refuses. */
const MOUNT_FAILED = 32;
/** Of a stop's time, how long a mount may stay busy. */
const BUSY_SHARE = 0.25;

/**
 * umount(8), again while the mount is busy: the files that a client registered with an io_uring go after the client has
 * ended, by work that its exit leaves to the kernel (io_uring/io_uring.c:io_ring_exit_work, 7.3.4): a tmpfs whose client had
 * registered a file was busy after 300 of 300 exits, for up to 36 ms, and after none without (Linux 6.18). Gives the last status.
 */
const unmount = async (timeoutMs: number): Promise<number | null> => {
	const patient = performance.now() + timeoutMs * BUSY_SHARE;
	for (;;) {
		const { exitCode } = await runBounded("umount", [MOUNT], timeoutMs * (1 - BUSY_SHARE));
		if (exitCode !== MOUNT_FAILED || connectionOf(MOUNT) === null || performance.now() > patient) return exitCode;
		await setTimeout(50);
	}
};

export class Server {
	readonly #running: ServerProcess;
	/** Present with our own server. */
	readonly control: ServerControl | null;
	readonly connection: number;

	private constructor(running: ServerProcess, control: ServerControl | null, connection: number) {
		this.#running = running;
		this.control = control;
		this.connection = connection;
	}

	get pid(): number {
		return this.#running.pid;
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

	/**
	 * Starts a server on `source`; fails when it does not serve within `timeoutMs`, and then takes up to `endMs` to leave
	 * nothing of it: its dead mount would be the next cell's.
	 */
	static async start(
		order: ServerOrder,
		source: string,
		onLog: (line: string) => void,
		{ timeoutMs, endMs }: { readonly timeoutMs: number; readonly endMs: number },
		onSilence: () => void = () => undefined,
	): Promise<Server> {
		setSysctls(order.sysctls);
		await prepareFolders(order, source);
		const running = new ServerProcess(commandOf(order, source), MOUNT, order.libfuse, onLog);
		try {
			return await Server.#serving(running, order, source, timeoutMs, onSilence);
		} catch (error) {
			await endByForce(running, endMs);
			throw error;
		}
	}

	/** Waits until the process serves; throws what it says, or that it said nothing. */
	static async #serving(
		running: ServerProcess,
		order: ServerOrder,
		source: string,
		timeoutMs: number,
		onSilence: () => void,
	): Promise<Server> {
		const gone = (): boolean => running.end !== null;
		let control: ServerControl | null = null;
		if (isOurs(order)) {
			control = await ServerControl.open(CONTROL, gone, timeoutMs);
			if (control === null && !gone()) onSilence();
			if (control === null) throw running.failure("made no control socket");
			control.tell(startOrderOf(order, source));
			await until(() => gone() || control?.ready !== null || control.error !== null, timeoutMs, 5);
			if (control.error !== null) throw running.failure(`refused to start: ${control.error}`);
			if (control.ready === null && !gone()) onSilence();
			if (control.ready === null) throw running.failure("did not become ready");
		} else {
			await until(() => gone() || connectionOf(MOUNT) !== null, timeoutMs);
		}
		const connection = connectionOf(MOUNT);
		if (!gone() && connection === null) onSilence();
		if (gone() || connection === null) throw running.failure("is not mounted");
		return new Server(running, control, connection);
	}

	/** Whoever ends the server before the agent does means it to end so. */
	expectEnd(end: ProcessEnd): void {
		this.#running.expected = end;
	}

	/** umount(8), then waits for the server's own end. */
	async stop(timeoutMs: number): Promise<StoppedServer> {
		this.#running.ordered = true;
		const umountStatus = await unmount(timeoutMs);
		await until(() => this.end !== null, timeoutMs);
		return {
			umountStatus,
			ended: this.end !== null,
			isDaemon: this.#running.isDaemon,
			exitCode: this.end?.exitCode ?? null,
			signal: this.end?.signal ?? null,
			stillMounted: connectionOf(MOUNT) !== null,
		};
	}

	/** Ends it whatever it is doing: abort the connection, SIGKILL, lazy unmount. True when nothing is left. */
	async destroy(timeoutMs: number): Promise<boolean> {
		const isGone = await endByForce(this.#running, timeoutMs);
		this.control?.close();
		return isGone;
	}
}
