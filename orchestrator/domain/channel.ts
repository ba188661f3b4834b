/**
 * The talk between host and guest agent: one JSON object a line over a virtio-serial port of its own.
 * What the guest sends is data from an untrusted party: the host validates every line against `guest-message.ts`.
 */
import type { FigureJob, Mode, Store } from "./cell.ts";

import type { Part } from "./deadline.ts";
import type { MemlockOutcome, MemlockTrial } from "./memlock.ts";
import type { FaultOrder } from "./server-message.ts";
import type { Xfstests } from "./third-party.ts";
import type { TransportProof } from "./verdict.ts";

export const CHANNEL_NAME = "fuselab.agent";

export interface ServerOrder {
	readonly mode: Mode;
	readonly store: Store;
	/** io_uring entries per queue. */
	readonly queueDepth: number;
	/** More of the server's own options, by the names of its command line (guest/server/options.c). */
	readonly options: Readonly<Record<string, string>>;
	/** Another server in the place of ours: words in which `{source}` and `{mount}` stand for the folders; null: ours. */
	readonly command: readonly string[] | null;
	/** Folder of the libfuse of a server that is not ours, in the guest. */
	readonly libfuse: string;
	/** `unprivileged` is a user without any capability, who mounts by fusermount3. */
	readonly user: "root" | "unprivileged";
	/** Which build of our server serves. */
	readonly build: ServerBuild;
	/** Names of lies for the negative-control shim (guest/server/lie.c); empty = honest. */
	readonly lies: readonly string[];
	/** What our own server is ordered to get wrong before the work; absent = honest. */
	readonly faults?: readonly FaultOrder[];
	/** RLIMIT_MEMLOCK of the server, soft and hard; null = as the guest has it. */
	readonly memlockBytes: number | "unlimited" | null;
	/** What the case is to run of the user's xfstests, where the config names them. */
	readonly xfstests?: Xfstests;
	/** Set before the server starts, e.g. `fs.fuse.max_pages_limit`. */
	readonly sysctls: Readonly<Record<string, string>>;
}

/** `plain` is optimised; the others carry one of gcc's sanitizers, whose reports end the server. */
export const SERVER_BUILDS = ["plain", "address", "undefined", "thread"] as const;
export type ServerBuild = (typeof SERVER_BUILDS)[number];

/** A server order without what the cell decides. */
export type ServerSettings = Omit<ServerOrder, "mode" | "store">;

export type HostMessage =
	| {
			readonly type: "cell";
			readonly id: string;
			readonly server: ServerOrder;
			readonly work:
				| { readonly kind: "check"; readonly name: string }
				| { readonly kind: "figure"; readonly job: FigureJob };
			/** For the work. */
			readonly timeoutMs: number;
			/** Multiplies every other deadline (domain/deadline.ts). */
			readonly slowness: number;
	  }
	/** Starts a server and leaves it mounted, for `fuselab shell`. */
	| { readonly type: "serve"; readonly server: ServerOrder }
	/** One trial of the memlock laboratory; no cell runs meanwhile. */
	| { readonly type: "memlock"; readonly trial: MemlockTrial }
	| { readonly type: "poweroff" };

/** How a process ended: by one of the two. */
export interface ProcessEnd {
	readonly exitCode: number | null;
	readonly signal: string | null;
}

/** What the server's end looked like. */
export interface ServerEnd extends ProcessEnd {
	/** False when it ended although the agent had not stopped it. */
	readonly ordered: boolean;
	/** How the case said that it would make the server end; null when it meant to leave that to the agent. */
	readonly expected: ProcessEnd | null;
}

export type GuestMessage =
	| {
			readonly type: "hello";
			readonly kernelRelease: string;
			readonly nodeVersion: string;
			readonly cpus: number;
			/** Seconds since the guest's power-on (CLOCK_BOOTTIME). */
			readonly uptimeSeconds: number;
			/** The same when init began, and when it started Node. */
			readonly initSeconds: number;
			readonly nodeSeconds: number;
			readonly fuseUring: boolean;
			readonly counters: boolean;
	  }
	| { readonly type: "serving"; readonly mount: string; readonly error: string | null }
	/** Sent before the guest's end by a kernel that counts its lines: gcov's counts for one source file. */
	| { readonly type: "counts"; readonly file: string; readonly base64: string }
	/** `error` says why the guest could not try it; the outcome is null then. */
	| { readonly type: "memlock-end"; readonly outcome: MemlockOutcome | null; readonly error: string | null }
	| { readonly type: "cell-start"; readonly id: string }
	/** A part of the cell begins; the agent is heard of again within `limitMs`. */
	| { readonly type: "part"; readonly id: string; readonly part: Part; readonly limitMs: number }
	| { readonly type: "tap"; readonly id: string; readonly line: string }
	| { readonly type: "server-log"; readonly id: string; readonly line: string }
	| {
			readonly type: "cell-end";
			readonly id: string;
			/** `done`: the work ran to its end; the others name the stage that failed. */
			readonly stage: "done" | "store" | "server-start" | "work" | "teardown";
			readonly error: string | null;
			readonly timedOut: boolean;
			readonly exitCode: number | null;
			readonly server: ServerEnd | null;
			/** Why this kernel cannot carry the mode, in the kernel's own answer; null where it can. */
			readonly unsupported: string | null;
			readonly proof: Omit<TransportProof, "asked">;
			/** fio's JSON, verbatim, one for each sample of a figure cell. */
			readonly fioReports: readonly string[];
			/** Kernel log since the cell's own mark. */
			readonly kernelLog: string;
			/** What hung, and where; null when nothing did. */
			readonly hang: string | null;
			readonly seconds: number;
	  };
