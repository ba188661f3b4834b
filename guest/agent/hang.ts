/** What hangs, looked at while it hangs: every process and its threads' kernel stacks, then the kernel's own lists. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { readKernelLog } from "./kernel-log.ts";

/** Most that is told, in characters. */
const LIMIT = 128 * 1024;

/** Init takes over when this moment (seconds since power-on) is past and the agent has not said that it is done. */
const DEADLINE_FILE = "/run/fuselab-deadline";

const read = (file: string): string => {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		// It ended meanwhile, or this kernel has no such file.
		return "";
	}
};

const namesIn = (folder: string): readonly string[] => {
	try {
		return readdirSync(folder).filter((name) => /^\d+$/.test(name));
	} catch {
		return [];
	}
};

/** Threads that wait at the same place are told once. */
const stacksOf = (pid: string): string => {
	const waiting = new Map<string, string[]>();
	for (const thread of namesIn(`/proc/${pid}/task`)) {
		const folder = `/proc/${pid}/task/${thread}`;
		const state = /^State:\s+(\S)/m.exec(read(`${folder}/status`))?.[1] ?? "?";
		const stack = read(`${folder}/stack`).replaceAll(/^\[<\S+>\] /gm, "    ");
		const place = `${state}\n${stack}`;
		waiting.set(place, [...(waiting.get(place) ?? []), `${read(`${folder}/comm`)}:${thread}`]);
	}
	return [...waiting].map(([place, threads]) => `  ${threads.join(", ")}: ${place}`).join("\n");
};

/** Name and parent of a process; undefined when it is gone. */
const processOf = (pid: string): { readonly name: string; readonly parent: string } | undefined => {
	const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(read(`/proc/${pid}/stat`)) ?? [];
	return name === undefined || parent === undefined ? undefined : { name, parent };
};

/** The parent of every kernel thread. */
const KTHREADD = "2";

/** Not by their command lines: reading one can wait for a lock that the hung task holds. */
const processes = (): string =>
	namesIn("/proc")
		.flatMap((pid) => {
			const { name, parent } = processOf(pid) ?? {};
			if (name === undefined || pid === KTHREADD || parent === KTHREADD) return [];
			return `process ${pid}: ${name}\n${stacksOf(pid)}`;
		})
		.join("\n");

/** Blocked tasks and what the CPUs do (Documentation/admin-guide/sysrq.rst). */
const askKernel = (): string => {
	try {
		for (const key of ["w", "l"]) writeFileSync("/proc/sysrq-trigger", key);
	} catch {
		return "the kernel has no SysRq\n";
	}
	return readKernelLog();
};

/** Tells everything about what hangs now; `why` says who has waited for what. */
export const lookAtHang = (why: string): string =>
	`${why}\n\nprocesses\n${processes()}\n\nkernel\n${askKernel()}`.slice(0, LIMIT);

/** Init looks instead when the agent is not back in time: it may hang itself. */
export const armInit = (timeoutMs: number): void => {
	const now = Number(read("/proc/uptime").split(" ")[0]);
	writeFileSync(DEADLINE_FILE, String(Math.ceil(now + timeoutMs / 1000)));
};

export const disarmInit = (): void => writeFileSync(DEADLINE_FILE, "0");
