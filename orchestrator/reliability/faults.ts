/** The faults of docs/reliability.md. Most are injected by the server's command, which runs as root in the guest. */
import { closeSync, openSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ensureFolder, folders } from "../host/folders.ts";
import type { Fault } from "./fault.ts";
import type { Running, Site } from "./site.ts";

const inClone = (name: string): string => path.join(folders.clone(), name);

interface ConfigParts {
	/** A shell script in the place of the server; `$SERVE` in it is an honest one. */
	readonly server?: string;
	readonly machine?: string;
	readonly stores?: string;
	readonly cases?: string;
	/** Of tests/series/trouble-by-name.mbox. */
	readonly trouble?: string;
}

const HONEST = "passthrough_hp {source} {mount} --nopassthrough --foreground";

/** What user-mode Linux with these options says of itself: tests/configs/trouble.yaml. */
const ALLOW = `allow:
  - { pattern: "*suspicious RCU usage", reason: "kmemleak in user-mode Linux, without any FUSE", link: tests/configs/trouble.config }
`;

const configOf = ({
	server = "exec $SERVE",
	machine = "kind: uml, memory: 400M",
	stores = "tmpfs",
	trouble,
	cases = trouble === undefined ? "meta/mode" : "meta/magic-name",
}: ConfigParts): string =>
	`name: fault
kernels:
  - name: k
    source: { package: linux-source-7.3, suite: trixie-backports }
${
	trouble === undefined
		? `    series: ${inClone("kernels/series/fuse-uring-counters/fuse-uring-counters.mbox")}`
		: `    series: ${inClone("tests/series/trouble-by-name.mbox")}\n    flavour: slim\n    fragments: [${inClone("tests/configs/trouble.config")}]`
}
machine: { ${machine} }
modes: [devfuse]
stores: [${stores}]
server:
  command: [sh, -c, ${JSON.stringify(`: {source} {mount}; ${server.replaceAll("$SERVE", HONEST)}`)}]
${trouble === undefined ? "" : `sysctls: { fs.fuse.trouble: ${trouble} }\n`}cases: [${cases}]
${trouble === undefined ? "" : ALLOW}`;

const runIt = async (site: Site): Promise<Running> => site.start();

/** What goes wrong in the guest; `$PPID` is the agent. */
const inGuest = (what: string, parts: ConfigParts): Fault => ({ what, config: configOf(parts), inject: runIt });

const IN_GUEST: readonly Fault[] = [
	inGuest("agent killed in mid-cell", { server: "kill -9 $PPID; exec sleep 60" }),
	inGuest("agent silent (stopped)", { server: "kill -STOP $PPID; exec sleep 600" }),
	inGuest("channel cut in mid-line", {
		server: `printf '{"type":"tap","id":' > $FUSELAB_CHANNEL; kill -9 $PPID; sleep 60`,
	}),
	inGuest("100 kB of rubbish on the channel", {
		server: "head -c 100000 /dev/urandom > $FUSELAB_CHANNEL; echo > $FUSELAB_CHANNEL; exec $SERVE",
	}),
	inGuest("a line without end on the channel", { server: "tr '\\0' x < /dev/zero > $FUSELAB_CHANNEL" }),
	inGuest("console flooded with 1 GB", {
		server: "tr '\\0' x < /dev/zero | head -c 1073741824 > /dev/console; exec $SERVE",
	}),
	inGuest("kernel panic", { server: "echo c > /proc/sysrq-trigger; exec sleep 60" }),
	inGuest("guest reboots without a word", { server: "echo b > /proc/sysrq-trigger; exec sleep 60" }),
	inGuest("out of memory in the guest", { server: "tail /dev/zero; exec $SERVE" }),
	inGuest("guest's clock jumps a day ahead", { server: "date -s '+1 day' >&2; exec $SERVE" }),
	inGuest("guest's clock jumps to 1980", { server: "date -s '1980-01-01' >&2; exec $SERVE" }),
	inGuest("server dies at its start", { server: "exit 3" }),
	inGuest("server never serves", { server: "exec sleep 600" }),
	inGuest("server stops answering in mid-case", {
		server: '$SERVE & p=$!; while ! grep -q " {mount} fuse" /proc/mounts; do sleep 0.1; done; kill -STOP $p; wait',
	}),
	inGuest("store full", {
		server: "dd if=/dev/zero of={source}/fill bs=1M 2>/dev/null; exec $SERVE",
		stores: "loop-ext4",
		cases: "io/checksum-to-store",
	}),
	inGuest("a task hangs in the kernel", { trouble: "hang" }),
	inGuest("a task spins in the kernel (soft lock-up)", { trouble: "spin" }),
	inGuest("kernel deaf to interrupts on a machine of one CPU", {
		trouble: "spin-deaf",
		machine: "kind: uml, memory: 400M, cpus: 1",
	}),
];

const killMachine = (what: string, parts: ConfigParts, booted: boolean): Fault => ({
	what,
	config: configOf({ server: "sleep 5; exec $SERVE", ...parts }),
	inject: async (site) => {
		const running = site.start();
		if (booted) await running.says(/^booted /m);
		process.kill(await running.machine(), "SIGKILL");
		return running;
	},
});

const ON_MACHINE: readonly Fault[] = [
	killMachine("user-mode Linux killed in mid-cell", {}, true),
	killMachine("user-mode Linux killed at boot", {}, false),
	killMachine("QEMU killed in mid-cell", { machine: "kind: qemu-tcg, memory: 512M" }, true),
];

/** Where a fuselab is when it is killed, and how that is known from outside. */
const STAGES: Readonly<
	Record<string, { readonly parts: ConfigParts; readonly reached: (running: Running) => Promise<void> }>
> = {
	boot: { parts: {}, reached: async (running) => void (await running.machine()) },
	cell: {
		parts: { server: "sleep 5; exec $SERVE" },
		reached: async (running) => {
			await running.says(/^booted /m);
			await sleep(500);
		},
	},
	teardown: { parts: {}, reached: async (running) => await running.says(/^1\/1 /m) },
};

/** A cache of its own for the build, that shares all but work tree and kernels. */
const ownCache = async (site: Site): Promise<string> => {
	const cache = await ensureFolder(path.join(site.path("cache"), "fuselab"));
	for (const name of await readdir(folders.cache()))
		if (!["work", "kernels", "failures"].includes(name))
			await symlink(path.join(folders.cache(), name), path.join(cache, name));
	return site.path("cache");
};

const signalsAt = (stage: string, signals: readonly NodeJS.Signals[]): Fault => ({
	what: `fuselab gets ${signals.join(" twice, ").replace(/^(\w+) twice, \1$/, "$1 twice")} at ${stage}`,
	config: configOf(STAGES[stage]?.parts ?? {}),
	inject: async (site) => {
		const env = stage === "build" ? { XDG_CACHE_HOME: await ownCache(site) } : {};
		const running = site.start(undefined, { env });
		await (STAGES[stage]?.reached(running) ?? running.says(/unpacking/));
		for (const [index, signal] of signals.entries()) {
			if (index > 0) await sleep(50);
			running.kill(signal);
		}
		return running;
	},
});

const SIGNALS: readonly (readonly NodeJS.Signals[])[] = [
	["SIGINT"],
	["SIGINT", "SIGINT"],
	["SIGTERM"],
	["SIGHUP"],
	["SIGKILL"],
];

const BY_SIGNAL: readonly Fault[] = ["build", ...Object.keys(STAGES)].flatMap((stage) =>
	SIGNALS.map((signals) => signalsAt(stage, signals)),
);

/** A file system of this fault's own, too small for what it is for. */
const mountSmall = async (site: Site, name: string, size: string): Promise<string> => {
	const folder = await ensureFolder(site.path(name));
	await execa("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
	return folder;
};

const full = (what: string, variable: string, name: string, size: string, parts: ConfigParts = {}): Fault => ({
	what,
	config: configOf(parts),
	inject: async (site) => site.start(undefined, { env: { [variable]: await mountSmall(site, name, size) } }),
	undo: async (site) => void (await execa("umount", [site.path(name)])),
});

const ON_HOST: readonly Fault[] = [
	full("file system of the cache full", "XDG_CACHE_HOME", "small-cache", "4M"),
	full("file system of the results full", "XDG_STATE_HOME", "small-state", "24k"),
	full("disk image full: its file system on the host", "XDG_STATE_HOME", "small-disk", "4M", {
		server: "dd if=/dev/zero of={source}/fill bs=1M count=64 oflag=direct; exec $SERVE",
		machine: "kind: qemu-tcg, memory: 512M, nvme: 256M",
		stores: "nvme-ext4",
	}),
	{
		what: "standard output closed by its reader",
		config: configOf({}),
		inject: async (site) => {
			const running = site.start();
			await running.says(/^booted /m);
			running.closeStdout();
			return running;
		},
	},
	{
		what: "standard output on a full device",
		config: configOf({}),
		inject: async (site) => {
			const descriptor = openSync("/dev/full", "w");
			try {
				return site.start(undefined, { stdout: descriptor });
			} finally {
				closeSync(descriptor);
			}
		},
	},
	{
		what: "two runs at once, of one config",
		config: configOf({}),
		inject: async (site) => {
			const other = site.start();
			const running = site.start();
			await other.end();
			return running;
		},
	},
];

export const FAULTS: readonly Fault[] = [...IN_GUEST, ...ON_MACHINE, ...BY_SIGNAL, ...ON_HOST];
