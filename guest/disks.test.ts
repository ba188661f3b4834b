import t from "tap";
import { loadOrder } from "./disks.ts";

const DEP = `kernel/fs/fuse/fuse.ko.xz:
kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz kernel/fs/jbd2/jbd2.ko.xz kernel/fs/mbcache.ko.xz
kernel/fs/jbd2/jbd2.ko.xz: kernel/fs/mbcache.ko.xz
kernel/drivers/virtio/virtio-pci.ko: kernel/drivers/virtio/virtio.ko
`;

t.test("loads what a module needs before it, each once, and leaves out what is built in", async (t) => {
	t.strictSame(loadOrder(DEP, ["virtio_pci", "nvme", "ext4", "jbd2", "fuse"]), [
		"kernel/drivers/virtio/virtio.ko",
		"kernel/drivers/virtio/virtio-pci.ko",
		"kernel/fs/mbcache.ko.xz",
		"kernel/fs/jbd2/jbd2.ko.xz",
		"kernel/lib/crc16.ko.xz",
		"kernel/fs/ext4/ext4.ko.xz",
		"kernel/fs/fuse/fuse.ko.xz",
	]);
	t.strictSame(loadOrder("", ["fuse"]), []);
});
