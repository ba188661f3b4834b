/** The shape of `machine` in a config file. */
import { z } from "zod";
import { DISK_CACHES, MACHINE_KINDS } from "../domain/cell.ts";
import { byForm, choice, isMap, listOf, size, text, wholeNumber } from "./values.ts";

const CPUS_WANTED = "a number of CPUs from 1 to 64, or a list of such numbers";
const THROTTLE_WANTED = "a map with iops, bandwidth (a size a second) or both";
const NVME_WANTED = "a size, or a map with size, count, sectors, queues, fs, cache and throttle";
const NVME_FILE_SYSTEMS = ["ext4", "xfs", "none"] as const;

const diskSize = size("64M", "1024G");

const throttle = z
	.strictObject(
		{ iops: wholeNumber(1, 10_000_000).optional(), bandwidth: size("1M", "1024G").optional() },
		{ error: THROTTLE_WANTED },
	)
	.refine(({ iops, bandwidth }) => iops !== undefined || bandwidth !== undefined, { error: THROTTLE_WANTED });

const nvmeMap = z.strictObject(
	{
		size: diskSize.prefault("1G"),
		count: wholeNumber(1, 8).default(1),
		sectors: z.literal([512, 4096], { error: "512 or 4096 bytes" }).default(512),
		queues: wholeNumber(1, 64).optional(),
		fs: choice(NVME_FILE_SYSTEMS).default("ext4"),
		cache: choice(DISK_CACHES).default("unsafe"),
		throttle: throttle.optional(),
	},
	{ error: NVME_WANTED },
);

export type NvmeShape = z.output<typeof nvmeMap>;

/** A bare size stands for a map with that size. */
const nvme = byForm<NvmeShape>((value) =>
	isMap(value) ? nvmeMap : diskSize.transform((mebibytes) => ({ ...nvmeMap.parse({}), size: mebibytes })),
);

const numbered = z.strictObject(
	{
		kind: choice(MACHINE_KINDS).default("auto"),
		cpus: z.union([wholeNumber(1, 64), listOf(wholeNumber(1, 64), CPUS_WANTED, 8)], { error: CPUS_WANTED }).optional(),
		memory: size("256M", "1024G").prefault("2G"),
		nvme: nvme.prefault("1G"),
		virtio: diskSize.prefault("1G"),
		nullblk: size("1G", "1024G").prefault("1G"),
		numa: wholeNumber(1, 8).optional(),
		hotplug: wholeNumber(1, 63).optional(),
		disk: text(/^\/dev\/disk\/by-id\/[A-Za-z0-9_.:+-]{1,200}$/, "a disk's path in /dev/disk/by-id").optional(),
		icount: z.boolean({ error: "true or false" }).default(false),
		leaks: z.boolean({ error: "true or false" }).default(false),
		batch: z.boolean({ error: "true or false" }).default(false),
	},
	{ error: "a map with kind, cpus, memory, nvme or icount" },
);

export const machine = numbered.superRefine(({ cpus = 2, numa = 1, hotplug = 0 }, context) => {
	const [least, most] = Array.isArray(cpus) ? [Math.min(...cpus), Math.max(...cpus)] : [cpus, cpus];
	if (numa > least)
		context.addIssue({ code: "custom", path: ["numa"], message: `at most ${least} nodes, so that each has a CPU` });
	if (most + hotplug > 64)
		context.addIssue({ code: "custom", path: ["hotplug"], message: "at most 64 CPUs together with cpus" });
});

export type MachineShape = z.output<typeof machine>;

export const MACHINE_KEYS: Readonly<Record<string, readonly string[]>> = {
	machine: Object.keys(numbered.shape),
	"machine.nvme": Object.keys(nvmeMap.shape),
	"machine.nvme.throttle": Object.keys(throttle.shape),
};
