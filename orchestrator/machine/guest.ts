/** A booted guest: owns the process of its machine and the talk with the agent in it. */
import { closeSync, openSync, statSync, truncateSync } from "node:fs";
import { appendFile, mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import type { Duplex, Readable, Writable } from "node:stream";
import { execa } from "execa";
import type { GuestMessage, HostMessage } from "../domain/channel.ts";
import { LabError } from "../domain/lab-error.ts";
import type { MemlockTrial } from "../domain/memlock.ts";
import { writeAtomically } from "../host/files.ts";
import { onLastResort } from "../host/interrupt.ts";
import { ownProcess } from "../host/ledger.ts";
import { bootScript, type DiskImage } from "./boot-script.ts";
import { sanitise } from "./console.ts";
import { MAX_LINE_BYTES, parseGuestMessage } from "./guest-message.ts";
import { findTrouble } from "./trouble.ts";
import { UML_CHANNEL_IN, UML_CHANNEL_OUT, UML_LONGEST_ORDER } from "./uml-command.ts";

export type Hello = Extract<GuestMessage, { type: "hello" }>;
export type CellEnd = Extract<GuestMessage, { type: "cell-end" }>;
type MemlockEnd = Extract<GuestMessage, { type: "memlock-end" }>;
export type CellOrder = Extract<HostMessage, { type: "cell" }>;

/** How long the host waits for the agent, in milliseconds. */
export interface CellLimits {
	readonly firstMs: number;
	readonly totalMs: number;
}

export interface BootOptions {
	/** What it is that runs `command`, for messages. */
	readonly program: "QEMU" | "user-mode Linux" | "the running kernel";
	/** Runs in `folder`; what it names there it names relatively, so that the record's command works anywhere. */
	readonly command: readonly string[];
	/** Folder for console.log, command.sh, orders.jsonl and QEMU's own words (qemu.log) of this boot. */
	readonly folder: string;
	/** Images in `folder` that the command expects. */
	readonly disks?: readonly DiskImage[];
	/** Called when the machine has ended, or this process does. */
	readonly afterwards?: () => void;
	readonly signal: AbortSignal;
	readonly timeoutMs: number;
}

/** Source files whose counts are taken; fs/fuse has a third of it. */
const MOST_COUNTS = 100;

/** Longest console that a boot may have. */
const MOST_CONSOLE_BYTES = 32 * 2 ** 20;
const CONSOLE_WATCH_MS = 200;

type Listener = (message: GuestMessage) => void;

const lastLines = (text: string, count: number): readonly string[] =>
	sanitise(text)
		.split("\n")
		.filter((line) => line.trim() !== "")
		.slice(-count);

/** QEMU's own interface, by which the guest is sent an NMI when it says nothing any more (QEMU Machine Protocol). */
const QMP_FD = 3;
const QMP = ["-chardev", `socket,id=qmp,fd=${QMP_FD}`, "-mon", "chardev=qmp,mode=control"];

/** Starts the machine; gives its process and the two directions of the channel. */
const start = ({ program, command, folder }: BootOptions) => {
	// Any program but QEMU has its console on standard output and the channel on descriptors of its own.
	const uml = program !== "QEMU";
	// The file itself, so that nothing is lost when this process lags behind or dies; execa's types end at descriptor 9.
	const log = openSync(path.join(folder, uml ? "console.log" : "qemu.log"), "a") as 9;
	try {
		// The parent-death signal ends the machine even when this process is killed without warning.
		const child = execa("setpriv", ["--pdeathsig", "KILL", "--", ...command, ...(uml ? [] : QMP)], {
			// QEMU's channel is its standard input and output; it opens the console's file itself.
			stdio: uml ? ["ignore", log, log, "pipe", "pipe"] : ["pipe", "pipe", log, "pipe"],
			cwd: folder,
			buffer: false,
			reject: false,
			detached: true,
			cleanup: true,
			encoding: "buffer",
		});
		const ends = child.stdio as unknown as readonly (Duplex | undefined)[];
		const [toGuest, fromGuest] = [ends[uml ? UML_CHANNEL_IN : 0], ends[uml ? UML_CHANNEL_OUT : 1]];
		if (toGuest === undefined || fromGuest === undefined) throw new TypeError("a pipe that was asked for is missing");
		return {
			child,
			toGuest: toGuest as Writable,
			fromGuest: fromGuest as Readable,
			qmp: uml ? undefined : ends[QMP_FD],
		};
	} finally {
		closeSync(log);
	}
};

export class Guest implements AsyncDisposable {
	readonly #process: ReturnType<typeof start>["child"];
	readonly #toGuest: Writable;
	readonly #qmp: Duplex | undefined;
	readonly #options: BootOptions;
	readonly #undo: readonly (() => void)[];
	#listener: Listener | undefined;
	#ended = false;
	#garbage = 0;
	#whyEnded: string | undefined;
	#wake: () => void = () => undefined;
	#hello: Hello | undefined;

	private constructor(options: BootOptions) {
		this.#options = options;
		const { child, toGuest, fromGuest, qmp } = start(options);
		this.#process = child;
		this.#toGuest = toGuest;
		this.#qmp = qmp;
		// What QEMU answers is of no interest, but must not fill the pipe.
		qmp?.on("error", () => undefined).resume();
		const { pid } = child;
		const stopWatching = this.#watchConsole();
		const lastResort = (): void => {
			this.#kill("SIGKILL");
			options.afterwards?.();
		};
		this.#undo = pid === undefined ? [] : [onLastResort(lastResort), ownProcess(pid, options.program)];
		toGuest.on("error", () => undefined);
		this.#readLines(fromGuest);
		void this.#process.then(() => {
			// A process of user-mode Linux that was made in this moment may not have asked for its parent-death signal yet.
			this.#kill("SIGKILL");
			this.#ended = true;
			stopWatching();
			options.afterwards?.();
			this.#wake();
		});
	}

	/** True once the machine has ended. */
	get ended(): boolean {
		return this.#ended;
	}

	/** The agent's first word. */
	get hello(): Hello {
		if (this.#hello === undefined) throw new TypeError("the guest has not said anything yet");
		return this.#hello;
	}

	/** Boots and waits for the agent's first word. Throws `boot-failed` with the console's last lines. */
	static async boot(options: BootOptions): Promise<Guest> {
		options.signal.throwIfAborted();
		const { command, disks = [], program } = options;
		const script = bootScript({ command, disks, channel: program === "QEMU" ? "stdio" : "descriptors" });
		await writeAtomically(path.join(options.folder, "command.sh"), script);
		const guest = new Guest(options);
		try {
			await guest.#wait(
				(message) => {
					if (message.type === "hello") guest.#hello = message;
					return message.type === "hello";
				},
				options.timeoutMs,
				options.signal,
			);
			if (guest.#hello === undefined) throw await guest.#bootFailure();
			return guest;
		} catch (error) {
			await guest[Symbol.asyncDispose]();
			throw error;
		}
	}

	/**
	 * Orders one cell and waits for its end; undefined when the guest ended, or stayed silent beyond what it had asked for, or
	 * took longer than `limits.totalMs` in all. It must ask within `limits.firstMs`.
	 */
	async run(
		order: CellOrder,
		limits: CellLimits,
		signal: AbortSignal,
		onMessage: Listener,
	): Promise<CellEnd | undefined> {
		let end: CellEnd | undefined;
		await appendFile(path.join(this.#options.folder, "orders.jsonl"), `${JSON.stringify(order)}\n`);
		const deadline = performance.now() + limits.totalMs;
		this.#send(order);
		await this.#wait(
			(message) => {
				if (!("id" in message) || message.id !== order.id) return false;
				onMessage(message);
				if (message.type === "cell-end") end = message;
				if (message.type === "part") return Math.min(message.limitMs, deadline - performance.now());
				return end !== undefined;
			},
			limits.firstMs,
			signal,
		);
		return end;
	}

	/** Orders one trial of the memlock laboratory; undefined when the guest ended or stayed silent beyond `timeoutMs`. */
	async memlock(trial: MemlockTrial, timeoutMs: number, signal: AbortSignal): Promise<MemlockEnd | undefined> {
		let end: MemlockEnd | undefined;
		this.#send({ type: "memlock", trial });
		await this.#wait(
			(message) => {
				if (message.type === "memlock-end") end = message;
				return end !== undefined;
			},
			timeoutMs,
			signal,
		);
		return end;
	}

	/** Why this side has ended the machine. */
	get whyEnded(): string | undefined {
		return this.#whyEnded;
	}

	/** Console text from that byte on, escapes and control characters removed; of a long one, its beginning. */
	async console(from = 0): Promise<{ readonly text: string; readonly to: number }> {
		const file = await open(this.#console).catch(() => undefined);
		if (file === undefined) return { text: "", to: from };
		try {
			const size = Math.max(0, Math.min((await file.stat()).size - from, MOST_CONSOLE_BYTES));
			const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, from);
			return { text: sanitise(buffer.toString("utf8", 0, bytesRead)), to: from + bytesRead };
		} finally {
			await file.close();
		}
	}

	get #console(): string {
		return path.join(this.#options.folder, "console.log");
	}

	/** A guest that writes without end must not fill the host's disk. */
	#watchConsole(): () => void {
		const timer = setInterval(() => {
			const size = statSync(this.#console, { throwIfNoEntry: false })?.size ?? 0;
			if (size <= MOST_CONSOLE_BYTES) return;
			this.#end(`its console went beyond ${MOST_CONSOLE_BYTES / 2 ** 20} MiB`);
			truncateSync(this.#console, MOST_CONSOLE_BYTES);
		}, CONSOLE_WATCH_MS);
		return () => clearInterval(timer);
	}

	#end(why: string): void {
		this.#whyEnded ??= `the guest was ended: ${why}`;
		this.#kill("SIGKILL");
	}

	/**
	 * Makes the kernel of a silent guest tell where it is, even one that is deaf to interrupts: by an NMI, or the like for
	 * user-mode Linux. It panics, and so ends the machine.
	 */
	accuse(): void {
		if (this.#ended) return;
		for (const execute of ["qmp_capabilities", "inject-nmi"]) this.#qmp?.write(`${JSON.stringify({ execute })}\n`);
		if (this.#qmp === undefined && this.#process.pid !== undefined) process.kill(this.#process.pid, "SIGSEGV");
	}

	/** Waits until the machine has ended by itself, at most `timeoutMs`: a panic reboots, and a reboot ends it. */
	async settle(timeoutMs: number): Promise<void> {
		await Promise.race([this.#process, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
	}

	/** Power-off by the agent, then SIGTERM, then SIGKILL; always ends in gone or in a loud `leaked`. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.#ended && this.#hello !== undefined && !this.#options.signal.aborted) {
			const counts: { file: string; base64: string }[] = [];
			this.#listener = (message) => {
				if (message.type === "counts" && counts.length < MOST_COUNTS) counts.push(message);
			};
			this.#send({ type: "poweroff" });
			await this.settle(5_000);
			const folder = path.join(this.#options.folder, "counts");
			if (counts.length > 0) await mkdir(folder, { recursive: true });
			for (const { file, base64 } of counts)
				await writeAtomically(path.join(folder, file), Buffer.from(base64, "base64"));
		}
		for (const signal of ["SIGTERM", "SIGKILL"] as const) {
			if (this.#ended) break;
			this.#kill(signal);
			await this.settle(3_000);
		}
		for (const undo of this.#undo) if (this.#ended) undo();
		if (!this.#ended)
			throw new LabError({
				code: "leaked",
				sentence: `${this.#options.program} (pid ${this.#process.pid}) does not end.`,
				hint: "`fuselab sweep` tries again.",
			});
	}

	#kill(signal: NodeJS.Signals): void {
		if (this.#process.pid === undefined) return;
		try {
			process.kill(-this.#process.pid, signal);
		} catch {
			// Gone already.
		}
	}

	#send(message: HostMessage): void {
		if (this.#ended) return;
		const line = Buffer.from(`${JSON.stringify(message)}\n`);
		if (this.#options.program === "user-mode Linux" && line.length > UML_LONGEST_ORDER)
			throw new LabError({
				code: "host-unsupported",
				sentence: `An order of ${line.length} bytes is too long for user-mode Linux, whose channel takes ${UML_LONGEST_ORDER}.`,
				hint: "Take QEMU (`--machine auto`), or ask for fewer lies or sysctls.",
			});
		this.#toGuest.write(line);
	}

	#readLines(fromGuest: Readable): void {
		let rest: Buffer[] = [];
		let restBytes = 0;
		fromGuest.on("data", (chunk: Buffer) => {
			let from = 0;
			for (let newline = chunk.indexOf(10); newline !== -1; newline = chunk.indexOf(10, from)) {
				const line = Buffer.concat([...rest, chunk.subarray(from, newline)]).toString();
				rest = [];
				restBytes = 0;
				from = newline + 1;
				const message = parseGuestMessage(line);
				if (message === undefined) this.#garbage += 1;
				else this.#listener?.(message);
			}
			rest.push(chunk.subarray(from));
			restBytes += chunk.length - from;
			// A guest that never ends its line must not eat the host's memory.
			if (restBytes > MAX_LINE_BYTES) this.#end(`it sent a line of more than ${MAX_LINE_BYTES / 2 ** 20} MiB`);
		});
	}

	/**
	 * Hands messages to `take` until it says true, the machine ends, the time is over or `signal` aborts (which is thrown).
	 * A number from `take` is the time from then on, in milliseconds.
	 */
	async #wait(
		take: (message: GuestMessage) => boolean | number,
		timeoutMs: number,
		signal: AbortSignal,
	): Promise<void> {
		signal.throwIfAborted();
		if (this.#ended) return;
		await new Promise<void>((resolve) => {
			let timer = setTimeout(finish, timeoutMs);
			const listener = this;
			function finish(): void {
				clearTimeout(timer);
				signal.removeEventListener("abort", finish);
				listener.#listener = undefined;
				listener.#wake = () => undefined;
				resolve();
			}
			this.#wake = finish;
			signal.addEventListener("abort", finish, { once: true });
			this.#listener = (message) => {
				const taken = take(message);
				if (taken === true) finish();
				if (typeof taken !== "number") return;
				clearTimeout(timer);
				timer = setTimeout(finish, taken);
			};
		});
		signal.throwIfAborted();
	}

	async #bootFailure(): Promise<LabError> {
		const { text } = await this.console();
		const qemuLog = await readFile(path.join(this.#options.folder, "qemu.log"), "utf8").catch(() => "");
		const [trouble] = findTrouble(text);
		const seconds = this.#options.timeoutMs / 1000;
		const how = this.#ended
			? `${this.#options.program} ended before the guest's agent spoke`
			: `the guest's agent did not speak within ${seconds} s`;
		const why = trouble === undefined ? "" : ` (${trouble.title})`;
		return new LabError({
			code: "boot-failed",
			sentence: `Boot failed: ${how}${why}${this.#garbage > 0 ? `; ${this.#garbage} unreadable lines came` : ""}.`,
			hint: `Read the console; the exact command is in ${path.join(this.#options.folder, "command.sh")}.`,
			evidence: [...lastLines(qemuLog, 5), ...lastLines(text, 12)],
			log: path.join(this.#options.folder, "console.log"),
		});
	}
}
