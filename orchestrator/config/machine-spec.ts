/** From the shape of `machine` to what a boot needs; only what some store uses becomes a device. */
import type { MachineSpec, NvmeSpec, Store } from "../domain/cell.ts";
import type { MachineShape, NvmeShape } from "./machine-schema.ts";

/** `nvme` among the stores is the disk with the file system that `machine.nvme.fs` names. */
export const storesOf = (asked: readonly (Store | "nvme")[], { nvme: { fs } }: MachineShape): readonly Store[] => [
	...new Set(asked.map((store) => (store === "nvme" ? (fs === "xfs" ? "nvme-xfs" : "nvme-ext4") : store))),
];

const throttleOf = ({ throttle }: NvmeShape): Pick<NvmeSpec, "throttle"> => {
	if (throttle === undefined) return {};
	const { iops, bandwidth } = throttle;
	return {
		throttle: {
			...(iops === undefined ? {} : { iops }),
			...(bandwidth === undefined ? {} : { bandwidthMiB: bandwidth }),
		},
	};
};

/** Nothing where only the size was said. */
const nvmeOf = (nvme: NvmeShape): { readonly nvme?: NvmeSpec } => {
	const { count, sectors, queues, cache, throttle } = nvme;
	const isPlain =
		count === 1 && sectors === 512 && cache === "unsafe" && queues === undefined && throttle === undefined;
	if (isPlain) return {};
	return { nvme: { count, sectors, cache, ...(queues === undefined ? {} : { queues }), ...throttleOf(nvme) } };
};

/** The machine with `cpus` vCPUs for these stores. */
export const machineOf = (shape: MachineShape, cpus: number, stores: readonly Store[]): MachineSpec => {
	const { kind, icount, memory, nvme, virtio, nullblk, numa, hotplug, disk, leaks, batch } = shape;
	const uses = (family: string): boolean => stores.some((store) => store.startsWith(family));
	return {
		kind,
		cpus,
		memoryMiB: memory,
		// A disk without a file system is there for whoever opens a shell.
		...(uses("nvme-") || nvme.fs === "none" ? { nvmeMiB: nvme.size, ...nvmeOf(nvme) } : {}),
		...(uses("virtio-") ? { virtioMiB: virtio } : {}),
		...(uses("nullblk-") ? { nullblkGiB: Math.ceil(nullblk / 1024) } : {}),
		...(numa === undefined || numa === 1 ? {} : { numa }),
		...(hotplug === undefined ? {} : { hotplug }),
		...(disk === undefined ? {} : { disk }),
		...(icount ? { icount } : {}),
		...(leaks ? { leaks } : {}),
		...(batch ? { batch } : {}),
	};
};
