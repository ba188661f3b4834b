/** The contract between a case and the process that runs it (testcases/host.ts). */
import type { Test } from "tap";
import type { Mode, Need, Store } from "../orchestrator/domain/cell.ts";
import type { ProcessEnd } from "../orchestrator/domain/channel.ts";
import type { MemlockOutcome, MemlockServer, MemlockTrial } from "../orchestrator/domain/memlock.ts";
import type { FaultOrder, ServerMessage, ServerReady, ServerRequest } from "../orchestrator/domain/server-message.ts";
import type { Xfstests } from "../orchestrator/domain/third-party.ts";

/** What a lying server gets wrong (guest/server/lie.c); each case names the lie that it must notice. */
export const LIES = [
	"read-data",
	"write-data",
	"write-lost",
	"truncate-ignored",
	"rename-ignored",
	"readdir-short",
	"readlink-wrong",
	"chmod-ignored",
	"fsync-error",
	"size-wrong",
	"unlink-ignored",
	"exit-status",
	"fallocate-ignored",
	"xattr-wrong",
	"lock-ignored",
	"times-ignored",
] as const;
/** Not lies, but failures that no case is meant to notice: the lab itself must. */
export const FAILURES = ["fsync-dies", "fsync-hangs"] as const;
export type Lie = (typeof LIES)[number];

/** What a case may use. All paths are absolute paths in the guest. */
export interface Lab {
	readonly mode: Mode;
	readonly store: Store;
	/** An empty folder of this case inside the FUSE mount. */
	readonly mount: string;
	/** The same folder behind the server: what the server really stored. */
	readonly behind: string;
	/** Root of the FUSE mount. */
	readonly mountRoot: string;
	/** Negotiated max_write in bytes. */
	readonly maxWrite: number;
	/** The number of the repeat: a case that draws numbers draws others in each, and the same ones in the same. */
	readonly seed: number;
	/** What our own server set up; null with another server. */
	readonly server: ServerReady | null;
	/** Lies of the mounted server; a case that brings servers of its own has them lie too. */
	readonly lies: readonly string[];
	/** What is to be run of the user's xfstests; null where the config names none. */
	readonly xfstests: Xfstests | null;
	/** Sends our own server an order (guest/server/orders.h); null when it is another server, gone or silent. */
	askServer(request: ServerRequest): Promise<ServerMessage | null>;
	/** Runs a program, argument vector, no shell; resolves with its output whatever its status. */
	run(command: string, args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }>;
	/**
	 * Says beforehand that the case will make the server end, and how: the witnesses are read now, and another end than
	 * this one fails the cell.
	 */
	expectServerEnd(end: ProcessEnd): Promise<void>;
	/** Starts, uses and ends other servers like the one mounted, within a limit of locked memory; rejects where the guest cannot. */
	tryMemlock(trial: CaseTrial): Promise<MemlockOutcome>;
	/** Unmounts with umount(8) and waits for the server to end by itself; bounded. */
	stopServer(): Promise<StoppedServer>;
}

/** A trial of the memlock laboratory; the agent knows which build of which server. */
export type CaseTrial = Omit<MemlockTrial, "server"> & { readonly server: Omit<MemlockServer, "build" | "libfuse"> };

/** How umount(8) and then the server ended. */
export interface StoppedServer {
	readonly umountStatus: number | null;
	readonly ended: boolean;
	/** Nobody is told how a daemon ends: status and signal are null. */
	readonly isDaemon: boolean;
	readonly exitCode: number | null;
	readonly signal: string | null;
	readonly stillMounted: boolean;
}

export interface Case {
	/** `group/name`, equal to the file's path below testcases/ without its ending. */
	readonly name: string;
	/** The one promise, as a sentence. */
	readonly proves: string;
	/** Where the kernel decides it: file:function, version. */
	readonly decidedIn: string;
	/**
	 * What this case must notice: a lie of the shim, a fault that our own server is ordered before the case, or else a
	 * sentence that says why the case is its own control.
	 */
	readonly negativeControl: Lie | FaultOrder | { readonly own: string };
	/** What it needs besides a mount; the plan rules out where it is not to be had. */
	readonly needs?: readonly Need[];
	/** On a machine of ordinary speed; the runner multiplies it by the machine's slowness. */
	readonly timeoutMs: number;
	check(t: Test, lab: Lab): Promise<void>;
}

/** Only gives the literal its type. */
export const defineCase = (definition: Case): Case => definition;

/** What the agent writes to the case host's IPC channel. */
export interface CaseOrder {
	readonly type: "run";
	readonly name: string;
	readonly lab: Pick<
		Lab,
		"mode" | "store" | "mount" | "behind" | "mountRoot" | "maxWrite" | "seed" | "server" | "lies" | "xfstests"
	>;
	readonly timeoutMs: number;
}

/** What the case host sends back: TAP line by line, then `done`; the four between get an answer. */
export type CaseReport =
	| { readonly type: "ready"; readonly cases: readonly string[] }
	| { readonly type: "tap"; readonly line: string }
	| { readonly type: "stop-server" }
	| { readonly type: "ask-server"; readonly request: ServerRequest }
	| { readonly type: "expect-server-end"; readonly end: ProcessEnd }
	| { readonly type: "try-memlock"; readonly trial: CaseTrial }
	/** What a case that overran had begun, programs among it, lives on. */
	| { readonly type: "done"; readonly overran: boolean };

/** The agent's answer to `stop-server`. */
export type ServerStopped = { readonly type: "server-stopped" } & Awaited<ReturnType<Lab["stopServer"]>>;

/** The agent's answer to `expect-server-end`. */
export interface EndExpected {
	readonly type: "end-expected";
}

/** The agent's answer to `ask-server`. */
export interface ServerAnswer {
	readonly type: "server-answer";
	readonly answer: ServerMessage | null;
}

/** The agent's answer to `try-memlock`; a text where the guest could not try it. */
export interface MemlockTried {
	readonly type: "memlock-tried";
	readonly outcome: MemlockOutcome | string;
}
