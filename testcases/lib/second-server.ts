/** A server of our own beside the cell's, with other options, on a mount of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { ServerReady } from "../../orchestrator/domain/server-message.ts";
import type { Lab } from "../case.ts";

const READY_MS = 20_000;

/** Options of fuselab-server, by name. */
export type ServerOptions = Readonly<Record<string, string | number>>;

export class SecondServer {
	readonly mount: string;
	/** The folder that it serves. */
	readonly behind: string;
	readonly #lab: Lab;
	readonly #child: ChildProcess;
	#ready: ServerReady | null = null;
	#said = "";

	private constructor(lab: Lab, options: ServerOptions, name: string) {
		this.#lab = lab;
		this.mount = `/run/fuselab/${name}`;
		this.behind = `${lab.behind}/${name}`;
		const words = Object.entries({ mode: lab.mode, ...options }).map(([key, value]) => `--${key}=${value}`);
		const program = `${process.env.FUSELAB_LAB}/fuselab-server-plain`;
		this.#child = spawn(program, [...words, this.behind, this.mount], { stdio: ["ignore", "pipe", "pipe"] });
		for (const stream of [this.#child.stdout, this.#child.stderr])
			if (stream !== null) createInterface({ input: stream }).on("line", (line) => this.#hear(line));
	}

	/** Starts it and waits until it serves; `isReady: false` where it is meant never to become ready. */
	static async start(
		lab: Lab,
		options: ServerOptions = {},
		{ name = "second", isReady = true } = {},
	): Promise<SecondServer> {
		for (const folder of [`/run/fuselab/${name}`, `${lab.behind}/${name}`]) await mkdir(folder, { recursive: true });
		const server = new SecondServer(lab, options, name);
		const end = performance.now() + READY_MS;
		while (isReady && server.#ready === null) {
			if (server.ended !== null || performance.now() > end)
				throw new Error(`the second server did not become ready: ${server.ended ?? "silence"} ${server.#said}`);
			await setTimeout(5);
		}
		return server;
	}

	get ready(): ServerReady {
		if (this.#ready === null) throw new Error("the second server is not ready");
		return this.#ready;
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	/** A signal's name or `status N`; null while it runs. */
	get ended(): string | null {
		const { exitCode, signalCode } = this.#child;
		return signalCode ?? (exitCode === null ? null : `status ${exitCode}`);
	}

	kill(signal: "SIGKILL" | "SIGCONT" | "SIGTERM"): void {
		this.#child.kill(signal);
	}

	/** SIGSTOP, until every thread has obeyed: one that has not yet would serve another request. */
	async suspend(): Promise<void> {
		this.#child.kill("SIGSTOP");
		const isStopped = async (thread: string): Promise<boolean> =>
			/^\d+ \(.*\) T /s.test(await readFile(`/proc/${this.pid}/task/${thread}/stat`, "utf8"));
		const end = performance.now() + READY_MS;
		while (!(await Promise.all((await readdir(`/proc/${this.pid}/task`)).map(isStopped))).every(Boolean)) {
			if (performance.now() > end) throw new Error("the second server does not stop");
			await setTimeout(5);
		}
	}

	/** How it ended, or null after `timeoutMs`. */
	async end(timeoutMs = 10_000): Promise<string | null> {
		const end = performance.now() + timeoutMs;
		while (this.ended === null && performance.now() < end) await setTimeout(10);
		return this.ended;
	}

	/** umount(8)'s status; by default of an orderly unmount. */
	async umount(...flags: readonly string[]): Promise<number | null> {
		return (await this.#lab.run("umount", [...flags, this.mount])).status;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.ended === null) this.#child.kill("SIGKILL");
		await this.umount("-l");
		await this.end();
	}

	#hear(line: string): void {
		if (line.startsWith("fuselab-server: {")) this.#ready = JSON.parse(line.slice("fuselab-server: ".length));
		else this.#said = line;
	}
}
