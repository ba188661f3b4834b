/** Locked memory: who is charged for what (io_uring/rsrc.c, Linux 7.3), and what one trial of a server asks and finds. */
import type { Mode } from "./cell.ts";
import type { ServerBuild } from "./channel.ts";

/** Bytes of the unit in which the kernel counts. */
export const PAGE_BYTES = 4096;

/** Who serves. `root-without-ipc-lock` lacks CAP_IPC_LOCK alone; `user-namespace` is root of a namespace of its own. */
export const MEMLOCK_USERS = ["root", "root-without-ipc-lock", "unprivileged", "user-namespace"] as const;
export type MemlockUser = (typeof MEMLOCK_USERS)[number];

/** What is done with the server besides starting it, using it and stopping it. */
export type MemlockAct =
	| { readonly kind: "serve" }
	/** A first server of the same user serves already. */
	| { readonly kind: "two-servers" }
	/** RLIMIT_MEMLOCK of the running server is set to `bytes`. */
	| { readonly kind: "lower-limit"; readonly bytes: number }
	/** The server is killed when the queues below `queue` are set up and no other is. */
	| { readonly kind: "kill-at"; readonly queue: number }
	/** The server forks, and is killed before its child. */
	| { readonly kind: "fork" }
	/** Started, used and stopped `count` times. */
	| { readonly kind: "rounds"; readonly count: number }
	/** Within a memory cgroup whose memory.max is `bytes`. */
	| { readonly kind: "memory-cgroup"; readonly bytes: number };

/** What is being tried; `queues` of the ring are one for each possible CPU of the guest. */
export interface MemlockServer {
	readonly mode: Mode;
	readonly depth: number;
	/** Options of our server by their names. */
	readonly options: Readonly<Record<string, string>>;
	readonly build: ServerBuild;
	readonly libfuse: string;
}

export interface MemlockTrial {
	readonly server: MemlockServer;
	readonly user: MemlockUser;
	/** RLIMIT_MEMLOCK, soft and hard, in bytes. */
	readonly limit: number | "unlimited";
	readonly act: MemlockAct;
}

/** When a reading is taken; `held`: before the queue that never comes. */
export const MEMLOCK_MOMENTS = ["serving", "first-serving", "lowered", "held", "child-alive", "fallen-back"] as const;

/** All in pages, except for the name of the moment. */
export interface MemlockReading {
	readonly at: (typeof MEMLOCK_MOMENTS)[number];
	/** What the user is charged for in all: `locked_vm` of the kernel's user_struct, found by guest/memlock/charged.c. */
	readonly user: number;
	/** VmPin and VmLck of /proc/PID/status. */
	readonly vmPin: number;
	readonly vmLck: number;
	/** Registered buffers in the fdinfo of the server's rings. */
	readonly registered: number;
	/** Pinned in the whole guest since the trial's start: nr_foll_pin_acquired less nr_foll_pin_released. */
	readonly pinned: number;
}

export interface MemlockRefusal {
	readonly queue: number;
	readonly call: string;
	readonly errno: string;
}

export interface MemlockOutcome {
	/** The mode that carried requests; null when none did. */
	readonly got: Mode | null;
	/** The server's own words, or how it ended. */
	readonly why: string;
	readonly refusal: MemlockRefusal | null;
	readonly queues: number;
	readonly pinnedQueues: number;
	/** A file written through the mount came back the same; why not, or null. */
	readonly usable: boolean;
	readonly unusableWhy: string | null;
	readonly readings: readonly MemlockReading[];
	/** After the end: what the user is still charged for and what is still pinned, and after how long it was nothing. */
	readonly left: {
		readonly user: number;
		readonly pinned: number;
		readonly waitedMs: number;
		/** The signal that ended the server although nobody sent one; null where it ended as it should. */
		readonly crashed: string | null;
		/** A mount is left although the server has ended. */
		readonly mounted: boolean;
		/** Started again at the same limit: how many first tries were refused, as the kernel frees a ring later than its end. */
		readonly retried: number;
	};
}

const PAYLOAD_FLOOR = 8192;
const DEFAULT_MAX_WRITE = 1 << 20;

const numberOf = (options: MemlockServer["options"], name: string): number => Number(options[name] ?? 0);

/** The pool of each queue is a registered buffer. */
export const pinsPool = ({ mode, options }: MemlockServer): boolean =>
	mode === "pinned" || (mode === "zerocopy" && options["pin-pool"] === "yes");

/** CAP_IPC_LOCK in the first user namespace when the ring is made: then nobody is charged (io_uring/io_uring.c:io_uring_create). */
export const bypasses = (user: MemlockUser): boolean => user === "root";

/**
 * Pages of one queue's pool; its base is a page's beginning. The payload buffer is as large as the kernel wants it
 * (fs/fuse/dev_uring.c: at least 8 KiB, max_write and max_pages) unless the server makes it larger.
 */
export const poolPages = ({ depth, options }: MemlockServer): number => {
	const buffers = numberOf(options, "pool-buffers") || depth;
	const bufferBytes =
		numberOf(options, "payload") || Math.max(PAYLOAD_FLOOR, numberOf(options, "max-write") || DEFAULT_MAX_WRITE);
	return Math.ceil((buffers * bufferBytes) / PAGE_BYTES);
};

/** Pages that each queue is charged for at its registration, and never before. */
export const chargePerQueue = (server: MemlockServer, user: MemlockUser): number =>
	pinsPool(server) && !bypasses(user) ? poolPages(server) : 0;

/** Whole pages of a limit: the kernel rounds down. */
export const limitPages = (limit: MemlockTrial["limit"]): number =>
	limit === "unlimited" ? Number.POSITIVE_INFINITY : Math.floor(limit / PAGE_BYTES);

export interface MemlockPrediction {
	/** Queues of the observed server that get their pool registered. */
	readonly pinnedQueues: number;
	/** Pages charged to the user while it serves, or, where a refusal makes it fall back, 0. */
	readonly charged: number;
	/** The mode works as it was asked for. */
	readonly works: boolean;
}

/** What a limit allows; `already` pages are charged to the user by others. */
export const predict = ({ server, user, limit }: MemlockTrial, queues: number, already = 0): MemlockPrediction => {
	const each = chargePerQueue(server, user);
	const fit = each === 0 ? queues : Math.max(0, Math.floor((limitPages(limit) - already) / each));
	const works = fit >= queues;
	const kept = works || server.options.fallback === "pool";
	const pinnedQueues = pinsPool(server) && kept ? Math.min(fit, queues) : 0;
	return { pinnedQueues, charged: pinnedQueues * each, works };
};
