import t from "tap";
import { type BootPlan, bootCommand, pasteable, quoteComma } from "./command.ts";

/** What virtme-run 1.41 prints with --show-command --dry-run --force-9p --disable-microvm, split into words. */
const VIRTME = [
	"/usr/bin/qemu-system-x86_64",
	...["-m", "2048M", "-fsdev", "local,id=virtfs3,path=/root/tree,security_model=none,readonly=on,multidevs=remap"],
	...["-device", "virtio-9p-pci,fsdev=virtfs3,mount_tag=/dev/root"],
	...["-fsdev", "local,id=virtfs7,path=/cache/virtme-ng,security_model=none,multidevs=remap"],
	...["-device", "virtio-9p-pci,fsdev=virtfs7,mount_tag=virtme.cache"],
	...["-fsdev", "local,id=virtfs11,path=/tools/guest,security_model=none,readonly=on,multidevs=remap"],
	...["-device", "virtio-9p-pci,fsdev=virtfs11,mount_tag=virtme.guesttools"],
	...["-device", "i6300esb,id=watchdog0", "-machine", "q35", "-cpu", "max", "-parallel", "none", "-net", "none"],
	...["-echr", "1", "-chardev", "file,path=/proc/self/fd/2,id=dmesg", "-device", "virtio-serial-pci"],
	...["-device", "virtconsole,chardev=dmesg", "-chardev", "stdio,id=console,signal=off,mux=off"],
	...["-serial", "chardev:console", "-vga", "none", "-display", "none", "-smp", "2", "-kernel", "/images/bzImage"],
	"-append",
	"nr_open=1048576 virtme_console=ttyS0 console=hvc0 psmouse.proto=exps TERM=xterm rootfstype=9p " +
		"rootflags=version=9p2000.L,trans=virtio,access=any,msize=524288 raid=noautodetect ro quiet loglevel=1 " +
		"init=/bin/sh -- -c 'mount -t tmpfs run /run; exec /run/virtme/guesttools/virtme-init'",
] as const;

const PLAN: BootPlan = {
	lab: "/opt/fuselab/0123",
	console: "/runs/a,b/console.log",
	accelerator: "tcg",
	lifetimeSeconds: 60,
	spec: { kind: "qemu-tcg", cpus: 2, memoryMiB: 2048 },
};

const valuesOf = (argv: readonly string[], option: string): readonly string[] =>
	argv.flatMap((word, index) => (word === option ? [argv[index + 1] ?? ""] : []));

t.test("keeps virtme-ng's kernel, root, memory and machine", async (t) => {
	const argv = bootCommand(VIRTME, PLAN);
	t.same(valuesOf(argv, "-kernel"), ["/images/bzImage"]);
	t.same(valuesOf(argv, "-m"), ["2048M"]);
	t.same(valuesOf(argv, "-smp"), ["2"]);
	t.same(valuesOf(argv, "-machine"), ["q35"]);
	t.match(valuesOf(argv, "-fsdev").join(), /readonly=on/);
});

t.test("gives the guest one share, read-only, and nothing of virtme's own", async (t) => {
	const argv = bootCommand(VIRTME, PLAN);
	t.equal(valuesOf(argv, "-fsdev").length, 1, "nothing of the host is writable");
	t.notMatch(argv.join(" "), /virtme\.|watchdog|hvc0|guesttools/);
});

t.test("our init stands where virtme's stood, with the lab and the guest's time", async (t) => {
	const [append = ""] = valuesOf(bootCommand(VIRTME, PLAN), "-append");
	t.match(append, /\broot(flags|fstype)=/);
	t.match(append, / fuselab_lab=\/opt\/fuselab\/0123 fuselab_seconds=60 init=\/opt\/fuselab\/0123\/init$/);
	t.equal(append.match(/init=/g)?.length, 1);
	t.notMatch(append, /quiet|loglevel=1\b/);
});

t.test("accelerators: emulation by name, KVM by name, never a silent second choice", async (t) => {
	t.same(valuesOf(bootCommand(VIRTME, PLAN), "-accel"), ["tcg,thread=multi"]);
	t.same(valuesOf(bootCommand(VIRTME, PLAN), "-cpu"), ["max,-erms,-fsrm"]);
	const withKvm = [...VIRTME.slice(0, 3), "-machine", "accel=kvm:tcg", ...VIRTME.slice(3)];
	const argv = bootCommand(withKvm, { ...PLAN, accelerator: "kvm" });
	t.same(valuesOf(argv, "-accel"), ["kvm"]);
	t.same(valuesOf(argv, "-cpu"), ["max"], "virtme-ng's own choice");
	t.notMatch(argv.join(" "), /kvm:tcg/);
});

t.test("icount: one thread, a clock that counts instructions, the same CPU as under plain emulation", async (t) => {
	const argv = bootCommand(VIRTME, { ...PLAN, accelerator: "icount" });
	t.same(valuesOf(argv, "-accel"), ["tcg,thread=single"]);
	t.same(valuesOf(argv, "-icount"), ["shift=0,sleep=off"]);
	t.same(valuesOf(argv, "-cpu"), ["max,-erms,-fsrm"]);
	t.match(valuesOf(argv, "-append").join(), / nohz=off /);
	t.notMatch(bootCommand(VIRTME, PLAN).join(" "), /icount|nohz/);
});

t.test("an NVMe disk is there when there is an image", async (t) => {
	t.notMatch(bootCommand(VIRTME, PLAN).join(" "), /nvme/);
	const argv = bootCommand(VIRTME, { ...PLAN, spec: { ...PLAN.spec, nvmeMiB: 1024, hotplug: 2 } });
	t.match(valuesOf(argv, "-drive").join(), /^file=nvme0\.img,/);
	t.match(valuesOf(argv, "-device").join(" "), /nvme,serial=/);
	t.same(valuesOf(argv, "-smp"), ["2,maxcpus=4"]);
});

t.test("the interactive form has the console on the terminal and the agent on a socket", async (t) => {
	const argv = bootCommand(VIRTME, { ...PLAN, agentSocket: "/tmp/x/agent" });
	t.match(valuesOf(argv, "-chardev").join(" "), /stdio,id=console.*socket,id=agent,path=\/tmp\/x\/agent/);
	t.match(valuesOf(argv, "-append").join(), /fuselab_shell=1/);
});

t.test("commas in paths are doubled, and the pasteable line quotes what a shell would read", async (t) => {
	t.match(bootCommand(VIRTME, PLAN).join(" "), /path=\/runs\/a,,b\/console\.log/);
	t.equal(quoteComma("a,b"), "a,,b");
	t.equal(pasteable(["a", "b c", "it's", ""]), `a 'b c' 'it'\\''s' ''`);
});

t.test(
	"a kernel with modules gets an initramfs and disks that are only read, and one thread under emulation",
	async (t) => {
		const disks = { initrd: "/d/initrd.cpio", rootImage: "/d,e/root.ext4", labImage: "/d/lab.ext4" };
		const argv = bootCommand(VIRTME, { ...PLAN, disks });
		t.same(valuesOf(argv, "-initrd"), ["/d/initrd.cpio"]);
		t.same(valuesOf(argv, "-drive"), [
			"file=/d,,e/root.ext4,if=none,id=fuselab-root,format=raw,readonly=on",
			"file=/d/lab.ext4,if=none,id=fuselab-lab,format=raw,readonly=on",
		]);
		t.same(valuesOf(argv, "-accel"), ["tcg,thread=single"]);
		t.same(valuesOf(bootCommand(VIRTME, { ...PLAN, disks, accelerator: "kvm" }), "-accel"), ["kvm"]);
	},
);
