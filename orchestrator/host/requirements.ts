/** What fuselab needs from the machine's own packages, each with the reason; set-up installs what is missing. */
import { access } from "node:fs/promises";
import { run } from "./process.ts";

export interface Requirement {
	/** Debian package. */
	readonly package: string;
	/** A file that shows that it is there, whoever installed it. */
	readonly file: string;
	readonly why: string;
}

export const REQUIREMENTS: readonly Requirement[] = [
	{ package: "gcc", file: "/usr/bin/gcc", why: "compiles kernels and the guest's init" },
	{
		package: "libc6-dev",
		file: "/usr/include/stdio.h",
		why: "headers for the guest's init and the kernel's host tools",
	},
	{ package: "make", file: "/usr/bin/make", why: "builds kernels" },
	{ package: "flex", file: "/usr/bin/flex", why: "kernel configuration parser" },
	{ package: "bison", file: "/usr/bin/bison", why: "kernel configuration parser" },
	{ package: "bc", file: "/usr/bin/bc", why: "kernel build" },
	{ package: "libelf-dev", file: "/usr/include/libelf.h", why: "the kernel's objtool" },
	{ package: "libssl-dev", file: "/usr/include/openssl/ssl.h", why: "the kernel's certificate tools" },
	{ package: "xz-utils", file: "/usr/bin/xz", why: "unpacks kernel sources" },
	{ package: "lz4", file: "/usr/bin/lz4", why: "packs the kernel image so that it unpacks fast under emulation" },
	{ package: "zstd", file: "/usr/bin/zstd", why: "packs kernels into bundles" },
	{ package: "cpio", file: "/usr/bin/cpio", why: "kernel build" },
	{ package: "rsync", file: "/usr/bin/rsync", why: "kernel build" },
	{ package: "ccache", file: "/usr/bin/ccache", why: "makes the second kernel of a series cheap" },
	{ package: "patch", file: "/usr/bin/patch", why: "applies the series" },
	{ package: "git", file: "/usr/bin/git", why: "applies the series" },
	{ package: "dpkg-dev", file: "/usr/bin/dpkg-source", why: "fetches and checks Debian source packages" },
	{
		package: "debian-archive-keyring",
		file: "/usr/share/keyrings/debian-archive-keyring.gpg",
		why: "checks the archive's signatures",
	},
	{ package: "gpgv", file: "/usr/bin/gpgv", why: "checks the archive's signatures" },
	{ package: "mmdebstrap", file: "/usr/bin/mmdebstrap", why: "makes the guest's root" },
	{ package: "qemu-system-x86", file: "/usr/bin/qemu-system-x86_64", why: "runs the guests" },
	{ package: "util-linux", file: "/usr/bin/setpriv", why: "ends QEMU with fuselab (parent-death signal)" },
	{ package: "python3", file: "/usr/bin/python3", why: "virtme-ng" },
	{ package: "python3-requests", file: "/usr/lib/python3/dist-packages/requests/__init__.py", why: "virtme-ng" },
	{ package: "python3-argcomplete", file: "/usr/lib/python3/dist-packages/argcomplete/__init__.py", why: "virtme-ng" },
	{ package: "busybox-static", file: "/bin/busybox", why: "virtme-ng" },
	{ package: "file", file: "/usr/bin/file", why: "virtme-ng" },
	{ package: "iproute2", file: "/bin/ip", why: "virtme-ng" },
	{ package: "kmod", file: "/bin/kmod", why: "virtme-ng; modules of Debian's own kernels" },
	{ package: "e2fsprogs", file: "/sbin/mke2fs", why: "disks for Debian's own kernels" },
];

/** What the project's own tests need besides; `setup --tests` installs it. */
export const TEST_REQUIREMENTS: readonly Requirement[] = [
	{ package: "clang", file: "/usr/bin/clang", why: "compiles the server a second time" },
	{ package: "clang-tidy", file: "/usr/bin/clang-tidy", why: "reads the server's sources" },
];

const exists = async (file: string): Promise<boolean> =>
	await access(file).then(
		() => true,
		() => false,
	);

/** What is missing, in the order of the list. */
export const missingRequirements = async (tests = false): Promise<readonly Requirement[]> => {
	const wanted = tests ? [...REQUIREMENTS, ...TEST_REQUIREMENTS] : REQUIREMENTS;
	const there = await Promise.all(wanted.map(({ file }) => exists(file)));
	return wanted.filter((_, index) => there[index] === false);
};

/** True where apt-get is there to install with. */
export const hasApt = async (): Promise<boolean> => await exists("/usr/bin/apt-get");

/** What goes before a command that only root may run. */
export const asRoot = (): readonly string[] => (process.getuid?.() === 0 ? [] : ["sudo", "--non-interactive"]);

/** Installs packages by apt-get, through sudo unless this is root. */
export const aptInstall = async (packages: readonly string[], signal: AbortSignal, logFile: string): Promise<void> => {
	const sudo = asRoot();
	const apt = async (...args: readonly string[]): Promise<void> => {
		const [command = "", ...rest] = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", ...args];
		await run(command, rest, {
			signal,
			logFile,
			failure: "tool-missing",
			timeoutMs: 30 * 60_000,
			hint: "Install the packages by hand (the list stands above), or run as root or with password-less sudo.",
		});
	};
	await apt("update");
	await apt("install", "--no-install-recommends", ...packages);
};
