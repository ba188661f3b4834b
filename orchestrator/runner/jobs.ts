import type { FigureJob, JobSet, MachineSpec, Store } from "../domain/cell.ts";

const DIRECTIONS = ["read", "randread", "write", "randwrite"] as const;

const jobOf = (
	set: JobSet,
	rw: FigureJob["rw"],
	direct: boolean,
	args: readonly string[],
	samples: number,
	timeoutMs: number,
): FigureJob => ({
	name: `${set}/${rw}-${direct ? "direct" : "buffered"}`,
	rw,
	direct,
	measure: "rate",
	warmups: 0,
	args,
	samples,
	timeoutMs,
});

/**
 * One request after the other, so that a request's mean time is its whole cost: under counted time that is the number of
 * instructions that client, kernel and server ran for it. Files are laid out first; a write that extends is another thing.
 */
const costJob = (size: string, total: string, rw: "read" | "write", direct: boolean): FigureJob => ({
	name: `cost/${size}-${rw}-${direct ? "direct" : "buffered"}`,
	rw,
	direct,
	measure: "request-time",
	warmups: 1,
	args: ["--ioengine=psync", `--bs=${size}`, `--size=${total}`, ...(rw === "write" ? ["--overwrite=1"] : [])],
	samples: 3,
	timeoutMs: 120_000,
});

const COST_SIZES = [
	["1M", "24M"],
	["128k", "8M"],
	["4k", "2M"],
] as const;

/** The line quoted in the cover letter of the zero-copy series, to the letter. */
const COVER_LETTER = [
	"--ioengine=sync",
	"--bs=1M",
	"--size=1G",
	"--numjobs=2",
	"--ramp_time=30",
	"--group_reporting=1",
] as const;

/** The same shape, small enough for an emulated machine: 32 MiB are a fraction of a second there. */
const QUICK = ["--ioengine=sync", "--bs=1M", "--size=16M", "--numjobs=2", "--group_reporting=1"] as const;

/** The fio jobs of a set; none for `none`. */
export const jobsOf = (set: JobSet | "none"): readonly FigureJob[] => {
	switch (set) {
		case "none":
			return [];
		case "cover-letter":
			return DIRECTIONS.flatMap((rw) =>
				[true, false].map((direct) => jobOf(set, rw, direct, COVER_LETTER, 1, 180_000)),
			);
		case "quick":
			return [
				...DIRECTIONS.map((rw) => jobOf(set, rw, true, QUICK, 3, 60_000)),
				...(["read", "randread"] as const).map((rw) => jobOf(set, rw, false, QUICK, 3, 60_000)),
			];
		case "cost":
			return COST_SIZES.flatMap(([size, total]) =>
				(["read", "write"] as const).flatMap((rw) => [true, false].map((direct) => costJob(size, total, rw, direct))),
			);
		default: {
			const never: never = set;
			throw new TypeError(`unknown job set ${String(never)}`);
		}
	}
};

const MIB_OF_UNIT = { M: 1, G: 1024 } as const;

/** Space that a job's files take in the store, in MiB: each of fio's jobs lays out a file of its own. */
export const roomOf = (job: FigureJob): number => {
	const size = /^--size=(\d+)([MG])$/m.exec(job.args.join("\n"));
	const jobs = /^--numjobs=(\d+)$/m.exec(job.args.join("\n"));
	return Number(size?.[1] ?? 0) * MIB_OF_UNIT[(size?.[2] ?? "M") as "M" | "G"] * Number(jobs?.[1] ?? 1);
};

/** Journal, inode tables and reserved blocks take the rest. */
const EXT4_SHARE = 0.85;
/** Of the guest's memory. */
const NULLBLK_SHARE = 0.5;

/** What a store is cut from, and the share of it that files can have; the agent's `store.ts` does the cutting. */
const ROOM: Readonly<Record<Store, { readonly knob: "memory" | "nvme" | "virtio"; readonly share: number }>> = {
	tmpfs: { knob: "memory", share: 0.75 },
	"loop-ext4": { knob: "memory", share: 0.4 * EXT4_SHARE },
	"nvme-ext4": { knob: "nvme", share: EXT4_SHARE },
	"nvme-xfs": { knob: "nvme", share: EXT4_SHARE },
	"virtio-ext4": { knob: "virtio", share: EXT4_SHARE },
	"nullblk-ext4": { knob: "memory", share: NULLBLK_SHARE * EXT4_SHARE },
	memory: { knob: "memory", share: 0.75 },
	null: { knob: "memory", share: Number.POSITIVE_INFINITY },
};

/** Why a job cannot run on a store of this machine; undefined when it can. */
export const whyNoRoom = (job: FigureJob, store: Store, machine: MachineSpec): string | undefined => {
	const { knob, share } = ROOM[store];
	// How large a real disk is nobody knows before it was looked at; fio says it when it is full.
	if (knob === "nvme" && machine.disk !== undefined) return undefined;
	const disk = { memory: machine.memoryMiB, nvme: machine.nvmeMiB, virtio: machine.virtioMiB }[knob] ?? 0;
	const [needed, there] = [roomOf(job), Math.floor(disk * share)];
	if (needed <= there) return undefined;
	return `its files take ${needed} MiB and ${store} holds about ${there} MiB with machine.${knob} of ${disk} MiB`;
};
