/** How requests reach the server; the names are the server's own (guest/server/options.c) but for `uring-libfuse`. */
export const MODES = [
	/** read(2) and write(2) on /dev/fuse */
	"devfuse",
	/** libfuse's own ring, `passthrough_hp -o io_uring` */
	"uring-libfuse",
	/** a ring of our own, one payload buffer an entry (Linux 6.14) */
	"uring",
	/** a buffer pool a queue (Linux 7.3) */
	"bufpool",
	/** the pool registered with io_uring, so pinned and charged to the memlock limit */
	"pinned",
	/** READ and WRITE work on the client's own pages; needs CAP_SYS_ADMIN */
	"zerocopy",
	/** series v2 of April 2026: buffer rings, then pinned headers, pinned payload, zero-copy */
	"bufring",
	"bufring-headers",
	"bufring-pinned",
	"bufring-zerocopy",
] as const;
export type Mode = (typeof MODES)[number];

/** What lies behind the server. */
export const STORES = [
	"tmpfs",
	"loop-ext4",
	"nvme-ext4",
	"nvme-xfs",
	"virtio-ext4",
	/** null_blk with memory behind it: a block device that takes no time */
	"nullblk-ext4",
	"memory",
	"null",
] as const;
export type Store = (typeof STORES)[number];

/** Stores that are in the server itself: nothing can be looked at behind it. */
export const isServersOwn = (store: Store): boolean => store === "memory" || store === "null";

/**
 * What a case may need besides a mount: `own-server` takes orders, the next six are what a mode has (`own-payload`: a payload
 * buffer an entry; `add-bufpool`: the pools of Linux 7.3), then vCPUs (`cpu-hotplug`: that may be taken offline); `fresh` is a guest that no other case has had or gets;
 * `libfuse-tests` are libfuse's own, built in the guest's root, `libfuse-transport` is a mode that libfuse's servers have too, and
 * `xfstests` are the user's.
 */
export type Need =
	| "own-server"
	| "ring"
	| "own-payload"
	| "pool"
	| "add-bufpool"
	| "pinned-pool"
	| "zero-copy"
	| "two-cpus"
	| "cpu-hotplug"
	| "fresh"
	| "libfuse-tests"
	| "libfuse-transport"
	| "xfstests";

/** `host` is the running kernel itself, which `auto` never takes. */
export const MACHINE_KINDS = ["auto", "qemu-kvm", "qemu-tcg", "uml", "host"] as const;
export type MachineKind = (typeof MACHINE_KINDS)[number];

export const DISK_CACHES = ["unsafe", "writeback", "none", "writethrough", "directsync"] as const;

/** What an emulated NVMe disk is like, besides its size. */
export interface NvmeSpec {
	/** Disks of that size; a store is on the first. */
	readonly count: number;
	/** Bytes of a logical block. */
	readonly sectors: 512 | 4096;
	/** I/O queue pairs; QEMU's own number without it. */
	readonly queues?: number;
	/** QEMU's name for how the host caches the image. */
	readonly cache: (typeof DISK_CACHES)[number];
	/** Upper bounds, requests and MiB a second. */
	readonly throttle?: { readonly iops?: number; readonly bandwidthMiB?: number };
}

export interface MachineSpec {
	readonly kind: MachineKind;
	readonly cpus: number;
	readonly memoryMiB: number;
	/** Size of the emulated NVMe disk; present when a store needs it. */
	readonly nvmeMiB?: number;
	/** Present where the config says more than the size. */
	readonly nvme?: NvmeSpec;
	/** Size of the virtio disk; present when a store needs it. */
	readonly virtioMiB?: number;
	/** Size of the null_blk device; present when a store needs it. */
	readonly nullblkGiB?: number;
	/** NUMA nodes that CPUs and memory are spread over; one without it. */
	readonly numa?: number;
	/** CPUs that could be plugged in: the kernel counts them as possible, and FUSE has a queue for each. */
	readonly hotplug?: number;
	/** A real disk, by its name in /dev/disk/by-id, for the NVMe stores of `host`. */
	readonly disk?: string;
	/** After each cell the kernel is asked for memory that nothing points to any more; it must have kmemleak. */
	readonly leaks?: true;
	/** The guest is batch work of the host (SCHED_BATCH): what wakes up does not take the CPU from what runs. */
	readonly batch?: true;
	/** The guest's time is its count of instructions; `qemu-tcg` with one CPU only. */
	readonly icount?: true;
}

/** A case is a promise to check (`check`) or a quantity to measure (`figure`). */
export type Work =
	| { readonly kind: "check"; readonly name: string }
	| { readonly kind: "figure"; readonly job: FigureJob };

export const JOB_SETS = ["quick", "cover-letter", "cost"] as const;
export type JobSet = (typeof JOB_SETS)[number];

export interface FigureJob {
	/** Readable and unique, e.g. `quick/randread-direct`. */
	readonly name: string;
	readonly rw: "read" | "randread" | "write" | "randwrite";
	readonly direct: boolean;
	/** What is read from fio's report: the job's rate, or the mean time of a request. */
	readonly measure: "rate" | "request-time";
	/** fio arguments besides name, directory, rw and direct. */
	readonly args: readonly string[];
	/** Runs of fio before the samples: the first lays the files out and fills caches and page tables. */
	readonly warmups: number;
	/** How often fio runs the job within one cell; each run is a sample. */
	readonly samples: number;
	/** For all samples together, on a machine of ordinary speed. */
	readonly timeoutMs: number;
}

/** One square of the matrix. */
export interface Cell {
	/** `kernel/mode/store/work#repeat`, the kernel as `NAME+4cpus` where there are several machines; equal across runs of the same config. */
	readonly id: string;
	readonly kernel: string;
	/** vCPUs of its machine; present where the config lists several numbers of them. */
	readonly cpus?: number;
	readonly mode: Mode;
	readonly store: Store;
	readonly work: Work;
	/** 1-based. */
	readonly repeat: number;
}

export interface Plan {
	readonly cells: readonly Cell[];
	/** Cells that were asked for and cannot be, with the reason. */
	readonly ruledOut: readonly { readonly id: string; readonly reason: string }[];
}
