import t from "tap";
import type { MachineSpec } from "../domain/cell.ts";
import { deviceArguments, diskImagesOf, kernelParameters, smpOf } from "./devices.ts";

const SPEC: MachineSpec = { kind: "qemu-tcg", cpus: 3, memoryMiB: 1001 };

t.test("a machine without devices has none, and no null_blk device that nobody asked for", async (t) => {
	t.same(deviceArguments(SPEC), []);
	t.same(diskImagesOf(SPEC), []);
	t.same(kernelParameters(SPEC), ["null_blk.nr_devices=0"]);
	t.equal(smpOf(SPEC), "3");
});

t.test("NVMe: count, blocks, queues, cache and bounds reach QEMU, and every drive has its image", async (t) => {
	const spec: MachineSpec = {
		...SPEC,
		nvmeMiB: 64,
		nvme: { count: 2, sectors: 4096, queues: 4, cache: "none", throttle: { iops: 500, bandwidthMiB: 10 } },
	};
	t.same(deviceArguments(spec), [
		"-drive",
		"file=nvme0.img,if=none,id=nvme0,format=raw,cache=none,discard=unmap,throttling.iops-total=500,throttling.bps-total=10485760",
		"-device",
		"nvme,serial=fuselab0,drive=nvme0,logical_block_size=4096,physical_block_size=4096,max_ioqpairs=4",
		"-drive",
		"file=nvme1.img,if=none,id=nvme1,format=raw,cache=none,discard=unmap,throttling.iops-total=500,throttling.bps-total=10485760",
		"-device",
		"nvme,serial=fuselab1,drive=nvme1,logical_block_size=4096,physical_block_size=4096,max_ioqpairs=4",
	]);
	t.same(diskImagesOf(spec), [
		{ file: "nvme0.img", mebibytes: 64 },
		{ file: "nvme1.img", mebibytes: 64 },
	]);
});

t.test("NUMA: memory adds up to the machine's, and CPUs that could come have a node too", async (t) => {
	t.same(deviceArguments({ ...SPEC, numa: 2, hotplug: 2 }), [
		"-object",
		"memory-backend-ram,id=ram0,size=501M",
		"-numa",
		"node,nodeid=0,memdev=ram0,cpus=0-2",
		"-object",
		"memory-backend-ram,id=ram1,size=500M",
		"-numa",
		"node,nodeid=1,memdev=ram1,cpus=3-4",
	]);
	t.equal(smpOf({ cpus: 3, hotplug: 2 }), "3,maxcpus=5");
});

t.test("a virtio disk is known by its serial, a null_blk device keeps what is written", async (t) => {
	t.match(
		deviceArguments({ ...SPEC, virtioMiB: 64 }).join(" "),
		/virtio\.img.* virtio-blk-pci,.*serial=fuselab-store$/,
	);
	t.same(kernelParameters({ ...SPEC, leaks: true }).slice(1), ["slab_debug=F", "fuselab_leaks=1"]);
	t.match(kernelParameters({ ...SPEC, nullblkGiB: 2 }).join(" "), /memory_backed=1 .*gb=2$/);
});
