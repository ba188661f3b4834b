/** The running kernel as a machine: what must be there, and the command that shuts the agent into namespaces of its own. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import type { KernelBuild } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import { digestOf } from "../host/files.ts";
import { ownSetting } from "../host/ledger.ts";
import { UML_CHANNEL_IN, UML_CHANNEL_OUT } from "./uml-command.ts";

const ENABLE_URING = "/sys/module/fuse/parameters/enable_uring";
const VERSION = "/proc/version";

/** What this computer offers. */
export interface HostOffer {
	readonly uid: number;
	readonly fuse: boolean;
	/** Value of the module parameter; null where the kernel was built without FUSE io-uring. */
	readonly enableUring: string | null;
	/** Of kernel.io_uring_disabled; null where there is no such setting. */
	readonly ioUringDisabled: string | null;
}

const readWord = (file: string): string | null => {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return null;
	}
};

export const lookAtHost = (): HostOffer => ({
	uid: process.getuid?.() ?? -1,
	fuse: existsSync("/dev/fuse") && /\tfuse$/m.test(readWord("/proc/filesystems") ?? ""),
	enableUring: readWord(ENABLE_URING),
	ioUringDisabled: readWord("/proc/sys/kernel/io_uring_disabled"),
});

/** What stands against running cells on this kernel; empty when nothing does. Pure. */
export const whyNotHost = ({ uid, fuse, ioUringDisabled }: HostOffer): readonly string[] => [
	...(uid === 0 ? [] : ["fuselab does not run as root, and namespaces and mounts want that"]),
	...(fuse ? [] : ["the running kernel has no FUSE, or /dev/fuse is missing (`modprobe fuse`)"]),
	...(ioUringDisabled === "2" ? ["io_uring is switched off (sysctl kernel.io_uring_disabled)"] : []),
];

/** One sentence on what it can carry. Pure. */
export const describeHost = ({ enableUring }: HostOffer): string =>
	enableUring === null
		? `Linux ${os.release()} has FUSE, without io_uring: devfuse only`
		: `Linux ${os.release()} has FUSE over io_uring (enable_uring is ${enableUring}; it is switched on for a run and back)`;

/** Throws `host-unsupported` with all that is missing. */
export const requireHost = (offer: HostOffer): void => {
	const missing = whyNotHost(offer);
	if (missing.length > 0)
		throw new LabError({
			code: "host-unsupported",
			sentence: "The running kernel cannot be the machine.",
			evidence: missing,
			hint: "Mend that, or take another machine (`--machine auto`).",
		});
};

/** The running kernel as if it had been built: nothing of it is known but what it says itself. */
export const runningKernel = (name: string): KernelBuild => {
	const version = readFileSync(VERSION, "utf8");
	return {
		name,
		key: `running-${os.release()}`,
		image: VERSION,
		config: "/proc/config.gz",
		log: VERSION,
		sourceVersion: `${os.release()} (the running kernel)`,
		sourceSha256: digestOf(version),
		imageSha256: createHash("sha256").update(version).digest("hex"),
		imageBytes: 0,
		compiler: /\(((?:gcc|clang)[^()]*(?:\([^()]*\)[^()]*)*)/.exec(version)?.[1]?.split(",")[0]?.trim() ?? "unknown",
		patches: [],
		buildSeconds: 0,
		compiledFiles: 0,
		warnings: [],
		fromCache: true,
	};
};

/** Switches FUSE io-uring on where the kernel has it; gives back what restores the parameter. */
export const enableUring = (): (() => void) =>
	existsSync(ENABLE_URING) ? ownSetting(ENABLE_URING, "Y") : () => undefined;

/** Device nodes that the agent, its servers and their stores open: name, type, major, minor. */
const NODES = [
	"null c 1 3",
	"zero c 1 5",
	"full c 1 7",
	"random c 1 8",
	"urandom c 1 9",
	"kmsg c 1 11",
	"tty c 5 0",
	"ptmx c 5 2",
	"fuse c 10 229",
	"loop-control c 10 237",
	...Array.from({ length: 32 }, (_, number) => `loop${number} b 7 ${number}`),
] as const;

/**
 * In a mount namespace of its own: the guest's root, only read, with few devices, then the guest's init as the first
 * process of a PID namespace, whose end is the end of everything in it.
 */
const SETUP = `set -e
root=$1 lab=$2 seconds=$3
shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=755,size=1M tmpfs "$root/dev"
for node; do set -- $node; mknod -m 666 "$root/dev/$1" "$2" "$3" "$4"; done
ln -s /proc/self/fd "$root/dev/fd"
exec chroot "$root" env -i fuselab_lab="$lab" fuselab_seconds="$seconds" fuselab_host=1 \
	fuselab_channel=fd:${UML_CHANNEL_IN},${UML_CHANNEL_OUT} "$lab/init"`;

export interface HostPlan {
	/** Folder on the host that is the agent's root. */
	readonly root: string;
	/** Folder of the agent in that root. */
	readonly lab: string;
	/** The agent's init ends everything after this. */
	readonly lifetimeSeconds: number;
	/** Device number of the disk that stands in for the first NVMe disk. */
	readonly disk?: { readonly major: number; readonly minor: number };
}

/** Gives the argument vector of one "boot". Pure. */
export const hostCommand = ({ root, lab, lifetimeSeconds, disk }: HostPlan): readonly string[] => [
	...["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child=KILL", "--propagation", "private"],
	...["sh", "-c", SETUP, "sh", root, lab, String(lifetimeSeconds)],
	...NODES,
	...(disk === undefined ? [] : [`nvme0n1 b ${disk.major} ${disk.minor}`]),
];
