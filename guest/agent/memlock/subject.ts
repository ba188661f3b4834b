/** One server of the memlock laboratory: started with a limit as some user, used, and ended. */
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import type { Mode } from "../../../orchestrator/domain/cell.ts";
import type { MemlockRefusal, MemlockTrial } from "../../../orchestrator/domain/memlock.ts";
import type { ServerReady } from "../../../orchestrator/domain/server-message.ts";
import { allowOthers } from "../server-command.ts";
import { ServerControl } from "../server-control.ts";
import { connectionOf, ServerProcess } from "../server-process.ts";
import { runBounded, until } from "../spawn.ts";
import { becoming, beside, uidOf } from "./identity.ts";
import { ringsOf } from "./measure.ts";

const FOLDER = "/run/fuselab/memlock";
const DATA = `${FOLDER}/data`;
/** Odd, and more than one request and one pool buffer. */
const DATA_BYTES = 2_500_003;
const START_MS = 60_000;
const STOP_MS = 20_000;
const USE_MS = 60_000;

/** Written through the cache, read back by it and by direct requests; gone again afterwards. */
const USE =
	'cp "$1" "$2/f" && cmp "$1" "$2/f" && dd if="$2/f" iflag=direct bs=1M status=none | cmp - "$1" && rm "$2/f"';

/** Moves the shell into the cgroup of $0 and makes it the command. */
const INTO_CGROUP = 'echo $$ >"$0/cgroup.procs" && exec "$@"';

const prepare = async (folder: string, { user }: MemlockTrial): Promise<void> => {
	rmSync(folder, { recursive: true, force: true });
	const owner = uidOf(user);
	for (const path of [`${folder}/mount`, `${folder}/source`]) mkdirSync(path, { recursive: true });
	for (const path of [folder, `${folder}/mount`, `${folder}/source`]) chownSync(path, owner, owner);
	if (owner !== 0) await allowOthers();
	if (!existsSync(DATA))
		writeFileSync(DATA, Buffer.from(Array.from({ length: DATA_BYTES }, (_, at) => (at * 31) >> 4)));
};

export class Subject {
	readonly #trial: MemlockTrial;
	readonly #process: ServerProcess;
	readonly #control: ServerControl | null;
	readonly mount: string;
	#killed = false;

	private constructor(trial: MemlockTrial, running: ServerProcess, control: ServerControl | null, mount: string) {
		this.#trial = trial;
		this.#process = running;
		this.#control = control;
		this.mount = mount;
	}

	/** Starts one and waits until it serves, says why not, or has ended; `wait: false` leaves it in its set-up. */
	static async start(
		trial: MemlockTrial,
		name: string,
		{ cgroup = null, wait = true }: { readonly cgroup?: string | null; readonly wait?: boolean } = {},
	): Promise<Subject> {
		const { server, user, limit } = trial;
		const folder = `${FOLDER}/${name}`;
		const [mount, source, socket] = [`${folder}/mount`, `${folder}/source`, `${folder}/control`];
		await prepare(folder, trial);
		const ours = server.mode !== "uring-libfuse";
		const command = [
			...(cgroup === null ? [] : ["sh", "-c", INTO_CGROUP, cgroup]),
			...["prlimit", `--memlock=${limit}:${limit}`, ...becoming(user)],
			...(ours
				? [`${process.env.FUSELAB_LAB}/fuselab-server-${server.build}`, `--control=${socket}`]
				: ["passthrough_hp", source, mount, "--nopassthrough", "--foreground", "-o", "io_uring"]),
			...(ours ? [] : ["-o", `io_uring_q_depth=${server.depth}`]),
		];
		const running = new ServerProcess(command, mount, server.libfuse, () => undefined);
		const gone = (): boolean => running.end !== null;
		const control = ours ? await ServerControl.open(socket, gone, START_MS) : null;
		control?.tell({
			...{ type: "start", mode: server.mode, store: "passthrough", depth: server.depth, source, mount },
			"allow-other": true,
			...server.options,
		});
		const subject = new Subject(trial, running, control, mount);
		const told = (): boolean => (control === null ? subject.#ringIsUp : subject.#hasSaid);
		if (wait) await until(() => gone() || told(), START_MS, 5);
		return subject;
	}

	/** libfuse tells nobody: its ring is there some time after the mount. */
	get #ringIsUp(): boolean {
		return this.mounted && ringsOf(this.pid).length > 0;
	}

	/** Our server serves or says why not; one that is to end rather than fall back is waited for until it has ended. */
	get #hasSaid(): boolean {
		const { mode, options } = this.#trial.server;
		if (this.#control?.error != null) return true;
		return this.ready !== null && (this.ready.got === mode || options.fallback !== "end");
	}

	get pid(): number {
		return this.#process.pid;
	}

	get ready(): ServerReady | null {
		return this.#control?.ready ?? null;
	}

	get ended(): boolean {
		return this.#process.end !== null;
	}

	/** The signal that ended it, unless it was `kill` that sent it. */
	get crashed(): string | null {
		return this.#killed ? null : (this.#process.end?.signal ?? null);
	}

	/** In the agent's own namespace. */
	get mounted(): boolean {
		return connectionOf(this.mount) !== null;
	}

	/** The mode that carries its requests; null when it does not serve. */
	get got(): Mode | null {
		if (this.ended) return null;
		if (this.#control !== null) return this.ready?.got ?? null;
		return ringsOf(this.pid).length > 0 ? "uring-libfuse" : "devfuse";
	}

	/** Why it is not what was asked for, in the server's words; empty when it is. */
	get why(): string {
		const end = this.#process.end;
		if (this.#control?.error != null) return this.#control.error;
		if (end !== null) return `the server ended: ${end.signal ?? `status ${end.exitCode}`}`;
		return this.ready?.why ?? "";
	}

	/** The first call of its set-up that was refused. */
	async refusal(): Promise<MemlockRefusal | null> {
		const stats = this.ended ? null : await this.#control?.stats(STOP_MS);
		for (const { qid, refusedCall, refusedErrno } of stats?.queues ?? [])
			if (refusedCall !== null)
				return { queue: qid, call: refusedCall, errno: getSystemErrorName(-Math.abs(refusedErrno)) };
		return null;
	}

	/** Null when a file goes through the mount and comes back the same, by the ring alone where there is one; else why not. */
	async use(): Promise<string | null> {
		const before = await this.#control?.stats(STOP_MS);
		const words = [...beside(this.#trial.user, this.pid), "sh", "-c", USE, "use", DATA, this.mount];
		const { exitCode, stderr, timedOut } = await runBounded(words[0] ?? "", words.slice(1), USE_MS);
		if (timedOut) return "the mount hangs";
		if (exitCode !== 0) return stderr.trim().slice(-300) || `status ${exitCode}`;
		const after = await this.#control?.stats(STOP_MS);
		if (before == null || after == null || this.got === "devfuse") return null;
		const away = after.devfuseRequests - before.devfuseRequests;
		return away === 0 ? null : `${away} requests went by /dev/fuse`;
	}

	async order(order: Parameters<ServerControl["ask"]>[0]): Promise<void> {
		await this.#control?.ask(order, STOP_MS);
	}

	kill(): void {
		this.#killed ||= !this.ended;
		this.#process.ordered = true;
		this.#process.kill();
	}

	/** Asks it to unmount and end; kills it and takes its mount away when it does not. */
	async stop(): Promise<void> {
		this.#process.ordered = true;
		if (this.#control === null) await runBounded("umount", [this.mount], STOP_MS);
		else this.#control.tell({ type: "stop" });
		await until(() => this.ended, STOP_MS, 5);
		await this.bury();
	}

	/** Leaves no process and no mount. */
	async bury(): Promise<void> {
		this.kill();
		await until(() => this.ended, STOP_MS, 5);
		if (this.mounted) await runBounded("umount", ["-l", this.mount], STOP_MS);
		this.#control?.close();
	}
}
