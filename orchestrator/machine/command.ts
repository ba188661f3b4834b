/**
 * QEMU's command line: virtme-ng's own (kernel, root, machine type), with fuselab's init, console, channel and disk in the
 * place of virtme's. Pure: argument vectors in, argument vector out.
 */
import type { MachineSpec } from "../domain/cell.ts";
import { CHANNEL_NAME } from "../domain/channel.ts";
import { deviceArguments, kernelParameters, smpOf } from "./devices.ts";

export interface BootPlan {
	/** Folder of the agent in the guest. */
	readonly lab: string;
	/** The console's file, relative to the boot's folder; written from the first byte. */
	readonly console: string;
	/** Its disks are in the boot's folder (`diskImagesOf`). */
	readonly spec: MachineSpec;
	/** `icount`: TCG with one vCPU whose clock counts instructions. */
	readonly accelerator: "kvm" | "tcg" | "icount";
	/** The guest powers itself off after this. */
	readonly lifetimeSeconds: number;
	/** The console on QEMU's own terminal and the agent on this Unix socket, for `fuselab shell`. */
	readonly agentSocket?: string;
	/** The CPUs stand still until a debugger that connects to this Unix socket lets them go. */
	readonly gdbSocket?: string;
	/** For a kernel whose drivers are modules: an initramfs that loads them, root and lab as disks that are only read. */
	readonly disks?: { readonly initrd: string; readonly rootImage: string; readonly labImage: string };
}

/** Without these the kernel copies by `rep movsb`, which an emulator does byte by byte: figures would say nothing else. */
const TCG_CPU = "max,-erms,-fsrm";

const ACCELERATORS = {
	kvm: ["-accel", "kvm"],
	tcg: ["-accel", "tcg,thread=multi"],
	// sleep=off: an idle guest's clock jumps to its next timer instead of following the host's.
	icount: ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"],
} as const;

/** Splits an argument vector into options with their values: `[-m, 1G]`, `[-no-reboot]`. */
const optionsOf = (argv: readonly string[]): readonly (readonly string[])[] => {
	const options: string[][] = [];
	for (const word of argv) {
		const last = options.at(-1);
		if (word.startsWith("-") || last === undefined || last.length > 1) options.push([word]);
		else last.push(word);
	}
	return options;
};

/** virtme's shares besides the root, its consoles and its watchdog: the guest gets none of them. */
const isVirtmes = ([name, value = ""]: readonly string[]): boolean => {
	switch (name) {
		case "-fsdev":
		case "-device":
			return !/\bmount_tag=\/dev\/root\b/.test(value) && !/\bid=virtfs3\b/.test(value);
		case "-chardev":
		case "-serial":
		case "-mon":
		case "-echr":
		case "-append":
		case "-accel":
			return true;
		case "-machine":
			return value.startsWith("accel=");
		default:
			return false;
	}
};

/** Words of virtme's kernel command line that stay: everything before its own init, less its console and verbosity. */
const keptKernelWords = (append: string): readonly string[] => {
	const beforeInit = append.split(/\s(?=init=)/)[0] ?? "";
	return beforeInit
		.split(" ")
		.filter(
			(word) =>
				word !== "" && !/^(virtme|console=|earlyprintk=|quiet$|loglevel=|TERM=|psmouse|rootflags=|panic=)/.test(word),
		);
};

/** A virtio disk that is only read; the initramfs knows it by its serial. */
const readOnlyDisk = (serial: string, image: string): readonly string[] => [
	...["-drive", `file=${quoteComma(image)},if=none,id=${serial},format=raw,readonly=on`],
	...["-device", `virtio-blk-pci,drive=${serial},serial=${serial}`],
];

/**
 * A distribution's kernel has jump labels, and a multi-threaded emulator now and then runs the breakpoint of a label
 * that has been patched already ("Oops: int3"): one thread for all vCPUs then.
 */
const accelerationOf = ({ accelerator, disks }: BootPlan): readonly string[] =>
	accelerator === "tcg" && disks !== undefined ? ["-accel", "tcg,thread=single"] : ACCELERATORS[accelerator];

/** The value of one of virtme's options as it is for this boot. */
const replaced = (word: string, option: string | undefined, { accelerator, spec }: BootPlan): string => {
	if (option === "-cpu" && accelerator !== "kvm") return TCG_CPU;
	return option === "-smp" ? smpOf(spec) : word;
};

/**
 * Gives QEMU's argument vector for one boot.
 * `argv` is what `virtme-run --show-command --dry-run` printed, split into words.
 */
export const bootCommand = (argv: readonly string[], plan: BootPlan): readonly string[] => {
	const [qemu = "qemu-system-x86_64", ...rest] = argv;
	const options = optionsOf(rest);
	const append = options.find(([name]) => name === "-append")?.[1] ?? "";
	const kernelWords = [
		...keptKernelWords(append),
		// The guest only reads its root, so cached attributes and pages never grow stale; it is much faster under emulation.
		"rootflags=version=9p2000.L,trans=virtio,access=any,msize=524288,cache=loose",
		"console=ttyS0",
		"earlyprintk=serial,ttyS0,115200",
		"loglevel=5",
		"panic=-1",
		// A guest that says nothing any more is sent an NMI, and tells where each CPU is.
		"unknown_nmi_panic",
		"panic_print=0x40",
		"fuse.enable_uring=1",
		// An idle guest's counted clock jumps to its next timer, even while it waits for the host (9p): without a steady
		// tick that may be a deadline of its own, seconds away.
		...(plan.accelerator === "icount" ? ["nohz=off"] : []),
		...kernelParameters(plan.spec),
		...(plan.agentSocket === undefined ? [] : ["fuselab_shell=1"]),
		`fuselab_lab=${plan.lab}`,
		`fuselab_seconds=${plan.lifetimeSeconds}`,
		`init=${plan.lab}/init`,
	];
	return [
		qemu,
		...options
			.filter((option) => !isVirtmes(option))
			.flat()
			.map((word, index, words) => replaced(word, words[index - 1], plan)),
		...accelerationOf(plan),
		...(rest.includes("-no-reboot") ? [] : ["-no-reboot"]),
		...(plan.agentSocket === undefined
			? [
					"-chardev",
					`file,id=console,path=${quoteComma(plan.console)}`,
					"-chardev",
					"stdio,id=agent,signal=off,mux=off",
				]
			: [
					"-chardev",
					"stdio,id=console,signal=off,mux=off",
					"-chardev",
					`socket,id=agent,path=${quoteComma(plan.agentSocket)}`,
				]),
		...["-serial", "chardev:console"],
		...(plan.gdbSocket === undefined ? [] : ["-S", "-gdb", `unix:${quoteComma(plan.gdbSocket)},server=on,wait=off`]),
		...["-device", "virtio-serial-pci", "-device", `virtserialport,name=${CHANNEL_NAME},chardev=agent`],
		...deviceArguments(plan.spec),
		...(plan.disks === undefined
			? []
			: [
					...["-initrd", plan.disks.initrd],
					...readOnlyDisk("fuselab-root", plan.disks.rootImage),
					...readOnlyDisk("fuselab-lab", plan.disks.labImage),
				]),
		...["-append", kernelWords.join(" ")],
	];
};

/** QEMU's option lists are separated by commas; a comma inside a value is doubled. */
export const quoteComma = (value: string): string => value.replaceAll(",", ",,");

const isPlain = (word: string): boolean => /^[A-Za-z0-9_@%+=:,./-]+$/.test(word);

/** An argument vector as a line that a person can paste into a shell. */
export const pasteable = (argv: readonly string[]): string =>
	argv.map((word) => (isPlain(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
