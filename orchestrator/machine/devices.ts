/** The devices of a machine: images, QEMU arguments and kernel parameters. Pure. */
import type { MachineSpec, NvmeSpec } from "../domain/cell.ts";
import type { DiskImage } from "./boot-script.ts";

/** The serial by which the agent knows the disk of the store (guest/agent/store.ts). */
const VIRTIO_SERIAL = "fuselab-store";

const PLAIN_NVME: NvmeSpec = { count: 1, sectors: 512, cache: "unsafe" };

const nvmeFiles = ({ nvme = PLAIN_NVME }: MachineSpec): readonly string[] =>
	Array.from({ length: nvme.count }, (_, index) => `nvme${index}.img`);

/** Images that the boot's folder must hold. */
export const diskImagesOf = (spec: MachineSpec): readonly DiskImage[] => {
	const { nvmeMiB, virtioMiB } = spec;
	return [
		...(nvmeMiB === undefined ? [] : nvmeFiles(spec).map((file) => ({ file, mebibytes: nvmeMiB }))),
		...(virtioMiB === undefined ? [] : [{ file: "virtio.img", mebibytes: virtioMiB }]),
	];
};

const throttling = ({ throttle }: NvmeSpec): string =>
	[
		...(throttle?.iops === undefined ? [] : [`,throttling.iops-total=${throttle.iops}`]),
		...(throttle?.bandwidthMiB === undefined ? [] : [`,throttling.bps-total=${throttle.bandwidthMiB * 1024 ** 2}`]),
	].join("");

const nvmeArguments = (spec: MachineSpec): readonly string[] => {
	const { nvme = PLAIN_NVME } = spec;
	const blocks = nvme.sectors === 512 ? "" : `,logical_block_size=${nvme.sectors},physical_block_size=${nvme.sectors}`;
	const queues = nvme.queues === undefined ? "" : `,max_ioqpairs=${nvme.queues}`;
	return nvmeFiles(spec).flatMap((file, index) => [
		"-drive",
		`file=${file},if=none,id=nvme${index},format=raw,cache=${nvme.cache},discard=unmap${throttling(nvme)}`,
		"-device",
		`nvme,serial=fuselab${index},drive=nvme${index}${blocks}${queues}`,
	]);
};

/** Cuts `total` into `parts` that differ by one at most, the larger ones first. */
const shares = (total: number, parts: number): readonly number[] =>
	Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0));

/** Memory and CPUs of each node; every CPU that there could be belongs to one. */
const numaArguments = ({ cpus, hotplug = 0, memoryMiB, numa }: MachineSpec): readonly string[] => {
	if (numa === undefined) return [];
	const memory = shares(memoryMiB, numa);
	let next = 0;
	return shares(cpus + hotplug, numa).flatMap((count, node) => {
		const first = next;
		next += count;
		return [
			"-object",
			`memory-backend-ram,id=ram${node},size=${memory[node]}M`,
			"-numa",
			`node,nodeid=${node},memdev=ram${node},cpus=${first}-${next - 1}`,
		];
	});
};

/** The value of QEMU's -smp. Linux believes in CPUs that could come only where it knows the hypervisor, which is KVM. */
export const smpOf = ({ cpus, hotplug }: Pick<MachineSpec, "cpus" | "hotplug">): string =>
	hotplug === undefined ? String(cpus) : `${cpus},maxcpus=${cpus + hotplug}`;

/** QEMU's arguments for everything that the spec names besides CPUs and memory themselves. */
export const deviceArguments = (spec: MachineSpec): readonly string[] => [
	...numaArguments(spec),
	...(spec.nvmeMiB === undefined ? [] : nvmeArguments(spec)),
	...(spec.virtioMiB === undefined
		? []
		: [
				...["-drive", "file=virtio.img,if=none,id=store,format=raw,cache=unsafe,discard=unmap"],
				...["-device", `virtio-blk-pci,drive=store,serial=${VIRTIO_SERIAL}`],
			]),
];

const nullblkParameters = ({ nullblkGiB }: MachineSpec): readonly string[] =>
	nullblkGiB === undefined
		? ["null_blk.nr_devices=0"]
		: ["null_blk.nr_devices=1", "null_blk.memory_backed=1", "null_blk.bs=4096", `null_blk.gb=${nullblkGiB}`];

/**
 * SLUB's sheaves keep stale pointers to objects that they have handed out, and kmemleak believes these. A cache with any
 * of SLUB's checks has none: `F`, consistency checks, is the one that user-mode Linux bears beside KASAN (7.3.4).
 */
const LEAK_PARAMETERS = ["slab_debug=F", "fuselab_leaks=1"];

/** Kernel parameters for what the spec names: the kernel makes a null_blk device unless told not to. */
export const kernelParameters = (spec: MachineSpec): readonly string[] => [
	...nullblkParameters(spec),
	...(spec.leaks === true ? LEAK_PARAMETERS : []),
];
