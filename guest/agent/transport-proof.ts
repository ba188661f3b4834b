/** Which transport carried the requests: witnesses read before and after the work, and what they say together. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Mode } from "../../orchestrator/domain/cell.ts";
import type { ServerReady, ServerStats } from "../../orchestrator/domain/server-message.ts";
import type { TransportProof } from "../../orchestrator/domain/verdict.ts";
import type { Server } from "./server.ts";

const DEBUGFS = "/sys/kernel/debug/fuse";

/** True where the kernel carries the per-queue counters (kernels/series/fuse-uring-counters). */
export const countersAvailable = (): boolean => existsSync(DEBUGFS);

export interface Witness {
	/** Sums over all queues by column name; null where the kernel has no counters. */
	readonly counters: Readonly<Record<string, number>> | null;
	/** Our server's own counts; null with another server. */
	readonly stats: ServerStats | null;
	/** Voluntary context switches of libfuse's `fuse-ring-N` threads, and how many of them there are. */
	readonly ringThreads: number;
	readonly ringSwitches: number;
}

/** Reads `/sys/kernel/debug/fuse/CONNECTION/uring`: a header line, then a line a queue. No ring, no file: all zero. Null: it cannot tell. */
const readCounters = (connection: number): Record<string, number> | null => {
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
	// A prefix of the series has the file before it counts what is sent.
	if (header?.includes("sent") !== true) return null;
	for (const queue of queues)
		header.forEach((name, column) => {
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

export const readWitness = async (server: Server, timeoutMs: number): Promise<Witness> => {
	const stats = (await server.control?.stats(timeoutMs)) ?? null;
	const ring = server.control === null ? ringThreadsOf(server.pid) : { threads: 0, switches: 0 };
	return {
		counters: countersAvailable() ? readCounters(server.connection) : null,
		stats,
		ringThreads: ring.threads,
		ringSwitches: ring.switches,
	};
};

export type Proof = Omit<TransportProof, "asked">;
type Counts = Readonly<Record<string, number>>;

const difference = (before: Counts, after: Counts): Counts =>
	Object.fromEntries(Object.keys(after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]));

const show = (counts: Counts): string =>
	Object.entries(counts)
		.map(([name, value]) => `${name} ${value}`)
		.join(", ");

/** libfuse's own ring, or a foreign server: the kernel's counters, or else wake-ups of the ring threads. */
const proveForeign = (before: Witness, after: Witness, asked: Mode): Proof => {
	if (before.counters !== null && after.counters !== null) {
		const counts = difference(before.counters, after.counters);
		const detail = Object.keys(counts).length === 0 ? "no ring on this connection" : show(counts);
		// Background requests alone (a release, a readahead) do not make a ring that carries the others.
		if ((counts.sent ?? 0) <= (counts.background ?? 0)) return { found: "devfuse", witness: "kernel-counters", detail };
		if ((counts.zero_copied ?? 0) > 0)
			return { found: asked === "bufring-zerocopy" ? asked : "zerocopy", witness: "kernel-counters", detail };
		return { found: "uring-libfuse", witness: "kernel-counters", detail };
	}
	const woken = after.ringSwitches - before.ringSwitches;
	const detail = `${after.ringThreads} ring threads, woken ${woken} times`;
	if (after.ringThreads === 0) return { found: "devfuse", witness: "server-threads", detail };
	if (woken > 0) return { found: "uring-libfuse", witness: "server-threads", detail };
	return { found: asked === "devfuse" ? "devfuse" : "unproven", witness: "server-threads", detail };
};

/** Our server's counts, summed over its queues. */
const countsOf = ({ devfuseRequests, queues }: ServerStats): Counts => {
	const sum = (
		key: "requests" | "zeroCopied" | "payloadBytes" | "fixedBytes" | "syncIo" | "ringIo" | "pipeIo",
	): number => queues.reduce((total, queue) => total + queue[key], 0);
	return {
		"dev-fuse": devfuseRequests,
		ring: sum("requests"),
		"zero-copied": sum("zeroCopied"),
		data: sum("syncIo") + sum("ringIo") + sum("pipeIo"),
		"payload bytes": sum("payloadBytes"),
		"fixed bytes": sum("fixedBytes"),
	};
};

/** What the server set up and what it then saw make the mode; what it only meant to do does not. */
const modeSeen = (ready: ServerReady, counts: Counts): Mode | "unproven" => {
	// Once a ring is ready nothing that is counted takes the other way: a single request there is one too many.
	if ((counts["dev-fuse"] ?? 0) > 0) return "devfuse";
	if ((counts.ring ?? 0) === 0) return "unproven";
	if (ready.got === "zerocopy" || ready.got === "bufring-zerocopy") {
		const plain = ready.got === "zerocopy" ? "bufpool" : "bufring-pinned";
		const armed = ready.zeroCopyQueues === ready.queues;
		return armed && ((counts.data ?? 0) === 0 || (counts["zero-copied"] ?? 0) > 0) ? ready.got : plain;
	}
	if (ready.got === "pinned") return ready.pinnedQueues === ready.queues ? "pinned" : "bufpool";
	return ready.got;
};

/** The kernel's counters must tell the same story: a ring or none, pages zero-copied or none. */
const contradiction = (kernel: Counts, server: Counts): string | null => {
	for (const [ours, kernels] of [
		["ring", "sent"],
		["zero-copied", "zero_copied"],
	] as const) {
		// Without a ring there is no column at all; a prefix of the counters' series has a ring and not yet every column.
		if (kernel.sent !== undefined && kernel[kernels] === undefined) continue;
		if ((server[ours] ?? 0) > 0 !== (kernel[kernels] ?? 0) > 0)
			return `the server counts ${ours} ${server[ours] ?? 0}, the kernel ${kernels} ${kernel[kernels] ?? 0}`;
	}
	return null;
};

const proveOurs = (
	ready: ServerReady,
	stats: readonly [ServerStats, ServerStats],
	before: Witness,
	after: Witness,
): Proof => {
	const counts = difference(countsOf(stats[0]), countsOf(stats[1]));
	const found = modeSeen(ready, counts);
	const why = ready.why === "" ? "" : `; ${ready.why}`;
	if (before.counters === null || after.counters === null)
		return { found, witness: "server-stats", detail: `${show(counts)}${why}` };
	const kernel = difference(before.counters, after.counters);
	const against = contradiction(kernel, counts);
	if (against !== null) return { found: "unproven", witness: "kernel-and-server", detail: against };
	return { found, witness: "kernel-and-server", detail: `${show({ ...counts, ...kernel })}${why}` };
};

/** What carried the work between the two readings. */
export const prove = (before: Witness, after: Witness, asked: Mode, ready: ServerReady | null): Proof => {
	if (ready === null) return proveForeign(before, after, asked);
	if (before.stats === null || after.stats === null)
		return { found: "unproven", witness: "none", detail: "the server did not answer for its counts" };
	return proveOurs(ready, [before.stats, after.stats], before, after);
};
