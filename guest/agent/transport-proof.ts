/** Which transport carried the requests: witnesses read before and after the work. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Mode } from "../../orchestrator/domain/cell.ts";

const DEBUGFS = "/sys/kernel/debug/fuse";

/** True where the kernel carries the per-queue counters (kernels/series/fuse-uring-counters). */
export const countersAvailable = (): boolean => existsSync(DEBUGFS);

export interface Witness {
	/** Sums over all queues by column name; null where the kernel has no counters. */
	readonly counters: Readonly<Record<string, number>> | null;
	/** Voluntary context switches of libfuse's `fuse-ring-N` threads, and how many of them there are. */
	readonly ringThreads: number;
	readonly ringSwitches: number;
}

/** Reads `/sys/kernel/debug/fuse/CONNECTION/uring`: a header line, then a line a queue. No ring, no file: all zero. */
const readCounters = (connection: number): Record<string, number> => {
	const sums: Record<string, number> = {};
	let text: string;
	try {
		text = readFileSync(`${DEBUGFS}/${connection}/uring`, "utf8");
	} catch {
		return sums;
	}
	const [header, ...queues] = text
		.trim()
		.split("\n")
		.map((line) => line.trim().split(/\s+/));
	for (const queue of queues)
		header?.forEach((name, column) => {
			if (name !== "qid") sums[name] = (sums[name] ?? 0) + Number(queue[column] ?? 0);
		});
	return sums;
};

const ringThreadsOf = (pid: number): { threads: number; switches: number } => {
	let threads = 0;
	let switches = 0;
	for (const task of readdirSync(`/proc/${pid}/task`)) {
		try {
			if (!readFileSync(`/proc/${pid}/task/${task}/comm`, "utf8").startsWith("fuse-ring-")) continue;
			threads += 1;
			const status = readFileSync(`/proc/${pid}/task/${task}/status`, "utf8");
			switches += Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1] ?? 0);
		} catch {
			// The thread ended between listing and reading.
		}
	}
	return { threads, switches };
};

export const readWitness = (pid: number, connection: number): Witness => {
	const ring = ringThreadsOf(pid);
	return {
		counters: countersAvailable() ? readCounters(connection) : null,
		ringThreads: ring.threads,
		ringSwitches: ring.switches,
	};
};

export interface Proof {
	readonly found: "devfuse" | "uring" | "unproven";
	readonly witness: "kernel-counters" | "server-threads" | "none";
	readonly detail: string;
}

/** The kernel's counters decide where they exist; else libfuse's ring threads must have been woken by the work. */
export const prove = (before: Witness, after: Witness, asked: Mode): Proof => {
	if (before.counters !== null && after.counters !== null) {
		const deltas = Object.keys(after.counters).map(
			(name) => [name, (after.counters?.[name] ?? 0) - (before.counters?.[name] ?? 0)] as const,
		);
		const sent = deltas.find(([name]) => name === "sent")?.[1] ?? 0;
		const detail = deltas.length === 0 ? "no ring on this connection" : deltas.map(([n, d]) => `${n} ${d}`).join(", ");
		return { found: sent > 0 ? "uring" : "devfuse", witness: "kernel-counters", detail };
	}
	const woken = after.ringSwitches - before.ringSwitches;
	const detail = `${after.ringThreads} ring threads, woken ${woken} times`;
	if (after.ringThreads === 0) return { found: "devfuse", witness: "server-threads", detail };
	if (woken > 0) return { found: "uring", witness: "server-threads", detail };
	return { found: asked === "devfuse" ? "devfuse" : "unproven", witness: "server-threads", detail };
};
