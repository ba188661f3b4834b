/** The talk with our server over its control socket: one JSON object a line (guest/server/report.c, orders.c). */
import type { Mode } from "./cell.ts";

/** What the server set up; sent once, when it serves. */
export interface ServerReady {
	readonly type: "ready";
	readonly pid: number;
	readonly asked: Mode;
	/** The mode that carries the requests; another than `asked` has a `why`. */
	readonly got: Mode;
	readonly why: string;
	/** The kernel's INIT does not announce what the mode needs, so nothing was tried. */
	readonly unsupported: boolean;
	/** Dialect of the ring commands (guest/server/wire.h). */
	readonly dialect: "none" | "a" | "b" | "c";
	/** FUSE protocol minor of the kernel, and its 64 INIT flags. */
	readonly minor: number;
	readonly offered: number;
	/** Bytes, as negotiated. */
	readonly maxWrite: number;
	/** Smallest payload buffer that the kernel takes, bytes. */
	readonly payloadBytes: number;
	readonly queues: number;
	readonly depth: number;
	/** Queues whose pool is a registered buffer; queues that ADD_QUEUE made with zero-copy. */
	readonly pinnedQueues: number;
	readonly zeroCopyQueues: number;
}

/** One queue's counts since the server's start. */
export interface QueueStats {
	readonly qid: number;
	readonly requests: number;
	/** Requests that came flagged as zero-copied. */
	readonly zeroCopied: number;
	/** Data bytes through payload buffers, and through registered buffers or the client's own pages. */
	readonly payloadBytes: number;
	readonly fixedBytes: number;
	/** io_uring_enter(2) calls, COMMIT_AND_FETCH commands. */
	readonly submissions: number;
	readonly commits: number;
	/** READs and WRITEs that reached the store by pread/pwrite, and by the ring alone. */
	readonly syncIo: number;
	readonly ringIo: number;
	/** Of the zero-copied ones, those that went through a pipe, as the store makes ring operations dear. */
	readonly pipeIo: number;
	/** Operations that the store refused directly and took through its cache. */
	readonly retriedBuffered: number;
	/** The first call that was refused in set-up. */
	readonly refusedCall: string | null;
	readonly refusedErrno: number;
}

export interface ServerStats {
	readonly type: "stats";
	readonly devfuseRequests: number;
	readonly faultsTaken: number;
	/** What the kernel answered to commands that a fault added: 0 or a negative errno. */
	readonly faultAnswers: readonly { readonly fault: FaultName; readonly qid: number; readonly res: number }[];
	readonly queues: readonly QueueStats[];
}

/** Faults of one reply, in the order of guest/server/fault.h. */
export const FAULTS = [
	"delay",
	"short-reply",
	"long-reply",
	"error",
	"unique",
	"wrong-commit-id",
	"wrong-queue",
	"double-commit",
	"keep-size",
	"lie",
	"kill",
	"exit",
	"segv",
] as const;
export type FaultName = (typeof FAULTS)[number];

export interface FaultOrder {
	readonly type: "fault";
	/** `stop-queue`, `resume-queue` and `bad-register` need `qid`; `clear` forgets what waits. */
	readonly fault: FaultName | "stop-queue" | "resume-queue" | "bad-register" | "clear";
	/** FUSE operation number; absent: any. */
	readonly opcode?: number;
	/** Absent: any queue. */
	readonly qid?: number;
	/** Milliseconds, bytes, or the word itself: guest/server/fault.h says which. */
	readonly value?: number;
	/** Requests to spoil; default 1. */
	readonly count?: number;
}

export type ServerRequest =
	| ({ readonly type: "start" } & Readonly<Record<string, string | number | boolean>>)
	| { readonly type: "ready" | "stats" | "stop" }
	/** A child that only sleeps, named fuselab-child. */
	| { readonly type: "fork"; readonly seconds: number }
	| FaultOrder;

export type ServerMessage =
	| ServerReady
	| ServerStats
	| { readonly type: "done" }
	| { readonly type: "error"; readonly message: string }
	| { readonly type: "stopped"; readonly queuesLeft: number; readonly forced: boolean };
