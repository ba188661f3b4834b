/** The place of one fault: a folder with a config and a state of its own, and the fuselab that runs there. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ensureFolder, folders } from "../host/folders.ts";
import { onLastResort } from "../host/interrupt.ts";
import { MARK, markedProcesses, noteGroups, type Watched, watch } from "./leftovers.ts";

/** Longer than any fault may take: whatever runs into it has not been bounded. */
const LONGEST_MS = 300_000;
const POLL_MS = 10;
const WATCH_MS = 200;

export interface StartOptions {
	/** A descriptor for its standard output in the place of a pipe. */
	readonly stdout?: number;
	readonly env?: Readonly<Record<string, string>>;
}

/** A fuselab under test. */
export class Running {
	readonly #child: ReturnType<typeof start>;
	readonly #mark: string;
	readonly #watching: Promise<void>;
	#stderr = "";
	#stdout = "";

	constructor(child: ReturnType<typeof start>, watched: Watched) {
		this.#child = child;
		this.#mark = watched.mark;
		this.#watching = this.#watch(watched);
		child.stderr?.on("data", (chunk: Buffer) => {
			this.#stderr += chunk.toString();
		});
		child.stdout?.on("data", (chunk: Buffer) => {
			this.#stdout += chunk.toString();
		});
	}

	get stderr(): string {
		return this.#stderr;
	}

	get stdout(): string {
		return this.#stdout;
	}

	kill(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	closeStdout(): void {
		this.#child.stdout?.destroy();
	}

	/** Waits for a line on standard error. */
	async says(pattern: RegExp): Promise<void> {
		await this.#until(() => pattern.test(this.#stderr), String(pattern));
	}

	/** Waits for the machine's process; gives its pid. */
	async machine(): Promise<number> {
		const find = (): number | undefined =>
			[...markedProcesses(this.#mark)].find(
				([, command]) => command.includes("fuselab_lab=") && !/^setpriv /.test(command),
			)?.[0];
		await this.#until(() => find() !== undefined, "a machine");
		return find() ?? -1;
	}

	/** Waits for its end; gives the exit status, or how it ended. */
	async end(): Promise<string> {
		await this.#watching;
		const { exitCode, signal, timedOut } = await this.#child;
		if (timedOut) return `none within ${LONGEST_MS / 1000} s`;
		return exitCode === undefined ? String(signal) : String(exitCode);
	}

	async #watch(watched: Watched): Promise<void> {
		while (this.#child.exitCode === null && this.#child.signalCode === null) {
			noteGroups(watched);
			await sleep(WATCH_MS);
		}
	}

	async #until(holds: () => boolean, what: string): Promise<void> {
		const end = performance.now() + LONGEST_MS;
		while (!holds()) {
			if (this.#child.exitCode !== null || performance.now() > end)
				throw new Error(`${what} did not come: ${this.#stderr.split("\n").slice(-3).join(" | ")}`);
			await sleep(POLL_MS);
		}
	}
}

const start = (args: readonly string[], env: NonNullable<StartOptions["env"]>, stdout: number | undefined) =>
	execa(process.execPath, [path.join(folders.clone(), "orchestrator/fuselab.mjs"), ...args], {
		stdio: ["ignore", stdout === undefined ? "pipe" : (stdout as 9), "pipe"],
		buffer: false,
		reject: false,
		timeout: LONGEST_MS,
		killSignal: "SIGKILL",
		env: { NO_COLOR: "1", ...env },
	});

export class Site implements AsyncDisposable {
	readonly watched: Watched;
	/** As the last fuselab here had it. */
	#env: { XDG_STATE_HOME: string; [name: string]: string };
	readonly #forget: () => void;

	private constructor(folder: string) {
		const mark = path.basename(folder);
		const stateHome = path.join(folder, "state");
		this.#env = { XDG_STATE_HOME: stateHome };
		const temporary = path.join(folder, "tmp");
		this.watched = watch({ mark, folder, state: path.join(stateHome, "fuselab"), temporary });
		this.#forget = onLastResort(() => this.#killAll());
	}

	static async open(config: string): Promise<Site> {
		const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-reliability-"));
		for (const name of ["state", "tmp"]) await ensureFolder(path.join(folder, name));
		await writeFile(path.join(folder, "fault.yaml"), config);
		return new Site(folder);
	}

	/** A path of this fault's own. */
	path(name: string): string {
		return path.join(this.watched.folder, name);
	}

	/** Starts `fuselab ARGS`; `run` of the fault's config without any. */
	start(args: readonly string[] = ["run", this.path("fault.yaml"), "--json"], options: StartOptions = {}): Running {
		const { mark, temporary } = this.watched;
		this.#env = { ...this.#env, ...options.env };
		const env = { TMPDIR: temporary, [MARK]: mark, ...this.#env };
		this.watched.state = path.join(env.XDG_STATE_HOME, "fuselab");
		return new Running(start(args, env, options.stdout), this.watched);
	}

	#killAll(): void {
		for (const pid of markedProcesses(this.watched.mark).keys()) process.kill(pid, "SIGKILL");
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#forget();
		this.#killAll();
		await rm(this.watched.folder, { recursive: true, force: true });
	}
}
