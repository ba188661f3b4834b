import t from "tap";
import { describeHost, type HostOffer, hostCommand, requireHost, whyNotHost } from "./host.ts";
import { type DiskFacts, whyNotDisk } from "./host-disk.ts";

const OFFER: HostOffer = { uid: 0, fuse: true, enableUring: "N", ioUringDisabled: "0" };

t.test("everything that stands against this kernel is said at once", async (t) => {
	t.same(whyNotHost(OFFER), []);
	t.equal(requireHost(OFFER), undefined);
	const poor = { uid: 1000, fuse: false, enableUring: null, ioUringDisabled: "2" };
	t.equal(whyNotHost(poor).length, 3);
	t.throws(() => requireHost(poor), {
		code: "host-unsupported",
		evidence: [/root/, /modprobe fuse/, /io_uring_disabled/],
	});
	t.match(describeHost({ ...OFFER, enableUring: null }), /devfuse only/);
});

t.test("the agent gets namespaces of its own, a root that is only read, and dies with its parent", async (t) => {
	const argv = hostCommand({ root: "/roots/a b", lab: "/opt/fuselab/01", lifetimeSeconds: 60 });
	for (const word of ["--mount", "--pid", "--uts", "--kill-child=KILL", "private"]) t.ok(argv.includes(word), word);
	t.match(argv.join("\n"), /remount,bind,ro/);
	t.ok(argv.includes("/roots/a b"), "a path is a word, never part of the script");
	t.notOk(argv.some((word) => word.startsWith("nvme")));
	const disk = { major: 259, minor: 4 };
	t.ok(hostCommand({ root: "/r", lab: "/l", lifetimeSeconds: 60, disk }).includes("nvme0n1 b 259 4"));
});

const BLANK: DiskFacts = {
	isBlockDevice: true,
	numbers: ["259:0"],
	mounted: ["0:21", "8:1"],
	swaps: [],
	holders: [],
	partitions: [],
	signature: {},
	exclusive: true,
};

t.test("a disk is written over only when it is blank or ours, and nobody uses it", async (t) => {
	t.same(whyNotDisk(BLANK), []);
	t.same(whyNotDisk({ ...BLANK, signature: { TYPE: "ext4", LABEL: "fuselab" } }), [], "ours from an earlier run");
	for (const [change, why] of [
		[{ isBlockDevice: false }, /no block device/],
		[{ mounted: ["259:0"] }, /is mounted/],
		[{ numbers: ["259:0", "259:1"], mounted: ["259:1"] }, /a partition of it, is mounted/],
		[{ swaps: ["259:0"] }, /swap/],
		[{ holders: ["dm-0", "md127"] }, /part of dm-0, md127/],
		[{ partitions: ["nvme0n1p1"] }, /name one of them/],
		[{ signature: { TYPE: "xfs", LABEL: "home" } }, /holds xfs/],
		[{ signature: { PTTYPE: "gpt" } }, /holds gpt/],
		[{ exclusive: false }, /one owner/],
	] as const)
		t.match(whyNotDisk({ ...BLANK, ...change }), [why], String(why));
});
