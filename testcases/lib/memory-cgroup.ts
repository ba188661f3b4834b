/** A memory cgroup of the case's own, for programs that are to have little room. */
import { mkdir, mkdtemp, readFile, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Lab } from "../case.ts";

/** Moves the shell into the cgroup of $0 and makes it the command. */
const INTO = 'echo $$ >"$0/cgroup.procs" && exec "$@"';

export class MemoryCgroup {
	readonly #lab: Lab;
	readonly #root: string;

	private constructor(lab: Lab, root: string) {
		this.#lab = lab;
		this.#root = root;
	}

	/** `limitBytes` is for page cache and all. Throws where the kernel has no memory cgroups. */
	static async create(lab: Lab, limitBytes: number): Promise<MemoryCgroup> {
		const root = await mkdtemp(path.join(tmpdir(), "cgroup-"));
		const cgroup = new MemoryCgroup(lab, root);
		const { status, stderr } = await lab.run("mount", ["-t", "cgroup2", "cgroup2", root]);
		if (status !== 0) throw new Error(`cgroup2 cannot be mounted: ${stderr.trim()}`);
		await writeFile(`${root}/cgroup.subtree_control`, "+memory");
		await mkdir(cgroup.#folder, { recursive: true });
		await writeFile(`${cgroup.#folder}/memory.max`, String(limitBytes));
		return cgroup;
	}

	get #folder(): string {
		return `${this.#root}/fuselab-case`;
	}

	async run(program: string, args: readonly string[]): ReturnType<Lab["run"]> {
		return await this.#lab.run("sh", ["-c", INTO, this.#folder, program, ...args]);
	}

	/** How often that happened: `max` is a charge that met the limit, `oom_kill` a process that died of it. */
	async events(name: "max" | "oom_kill"): Promise<number> {
		const text = await readFile(`${this.#folder}/memory.events`, "utf8");
		return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await rmdir(this.#folder).catch(() => undefined);
		await this.#lab.run("umount", [this.#root]);
		await rmdir(this.#root).catch(() => undefined);
	}
}
