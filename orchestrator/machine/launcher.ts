/** Boots guests for one run, whatever the machine: makes their commands, makes and removes the disk, names the boots. */
import { mkdtemp, open, rm } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import { execa } from "execa";
import type { MachineSpec } from "../domain/cell.ts";
import type { HostMessage, ServerOrder } from "../domain/channel.ts";
import { DEADLINE_MS } from "../domain/deadline.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import { explainFull } from "../host/files.ts";
import { ensureFolder } from "../host/folders.ts";
import { ownPath } from "../host/ledger.ts";
import type { ChosenMachine } from "./choose.ts";
import { type BootPlan, bootCommand } from "./command.ts";
import { Guest } from "./guest.ts";
import { UML_CHANNEL_FD, umlCommand } from "./uml-command.ts";
import { type Virtme, virtmeCommand } from "./virtme.ts";

export interface Launcher {
	readonly virtme: Virtme;
	readonly root: string;
	readonly lab: string;
	readonly spec: MachineSpec;
	readonly machine: ChosenMachine;
	/** What a kernel with modules boots from. */
	readonly disks?: BootPlan["disks"];
	/** Folder under which each boot gets its own. */
	readonly boots: string;
}

const LIFETIME_SECONDS = 3 * 3600;

/** A sparse image; it is unlinked once QEMU holds it open, so nothing of it can outlive QEMU. */
const makeDisk = async (file: string, mebibytes: number): Promise<void> => {
	try {
		const handle = await open(file, "wx");
		try {
			await handle.truncate(mebibytes * 1024 * 1024);
		} finally {
			await handle.close();
		}
	} catch (error) {
		explainFull(error, file);
	}
};

const acceleratorOf = ({ machine, spec }: Launcher): BootPlan["accelerator"] => {
	if (machine.chosen === "qemu-kvm") return "kvm";
	return spec.icount === true ? "icount" : "tcg";
};

/** The QEMU command of one boot. */
const qemuCommand = async (
	launcher: Launcher,
	build: KernelBuild,
	plan: Pick<BootPlan, "console" | "nvmeImage" | "interactiveSocket">,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const { cpus, memoryMiB } = launcher.spec;
	const accelerator = acceleratorOf(launcher);
	const virtme = await virtmeCommand(
		launcher.virtme,
		{ image: build.image, root: launcher.root, cpus, memoryMiB, kvm: accelerator === "kvm" },
		signal,
	);
	return bootCommand(virtme, {
		...plan,
		lab: launcher.lab,
		accelerator,
		...(launcher.disks === undefined ? {} : { disks: launcher.disks }),
		lifetimeSeconds: LIFETIME_SECONDS,
	});
};

const umlCommandOf = ({ spec, root, lab }: Launcher, { image }: KernelBuild, interactive: boolean): readonly string[] =>
	umlCommand({
		image,
		root,
		lab,
		cpus: spec.cpus,
		memoryMiB: spec.memoryMiB,
		lifetimeSeconds: LIFETIME_SECONDS,
		interactive,
	});

/** Makes the boot's folder and, if wanted, its disk; the disk's name is gone when `boot` has ended. */
const withDisk = async <T>(
	launcher: Launcher,
	name: string,
	boot: (folder: string, disk: { nvmeImage?: string }) => Promise<T>,
): Promise<T> => {
	const folder = await ensureFolder(path.join(launcher.boots, name));
	if (launcher.spec.nvmeMiB === undefined || launcher.machine.chosen === "uml") return await boot(folder, {});
	const nvmeImage = path.join(folder, "nvme.img");
	const disown = ownPath(nvmeImage);
	try {
		await makeDisk(nvmeImage, launcher.spec.nvmeMiB);
		return await boot(folder, { nvmeImage });
	} finally {
		await rm(nvmeImage, { force: true });
		disown();
	}
};

/** Boots `build` once; `name` becomes the boot's folder. */
export const launch = async (
	launcher: Launcher,
	build: KernelBuild,
	name: string,
	signal: AbortSignal,
): Promise<Guest> =>
	await withDisk(launcher, name, async (folder, disk) => {
		const uml = launcher.machine.chosen === "uml";
		const plan = { console: path.join(folder, "console.log"), ...disk };
		return await Guest.boot({
			program: uml ? "user-mode Linux" : "QEMU",
			command: uml ? umlCommandOf(launcher, build, false) : await qemuCommand(launcher, build, plan, signal),
			folder,
			signal,
			timeoutMs: DEADLINE_MS.boot * launcher.machine.slowness,
		});
	});

/** Orders `server` as soon as the agent speaks. */
const orderServer = (channel: Duplex, server: ServerOrder): void => {
	channel.on("error", () => undefined);
	channel.once("data", () => channel.write(`${JSON.stringify({ type: "serve", server } satisfies HostMessage)}\n`));
};

const runShell = async (
	[program = "", ...args]: readonly string[],
	signal: AbortSignal,
	onStart: (channel: Duplex) => void,
): Promise<void> => {
	const child = execa("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], {
		stdio: ["inherit", "inherit", "inherit", "pipe"],
		buffer: false,
		cancelSignal: signal,
		reject: false,
	});
	onStart(child.stdio[UML_CHANNEL_FD] as unknown as Duplex);
	await child;
};

/** Boots with the console on this terminal; orders `server` as soon as the agent speaks; ends with the shell. */
export const launchShell = async (
	launcher: Launcher,
	build: KernelBuild,
	server: ServerOrder,
	signal: AbortSignal,
): Promise<void> =>
	await withDisk(launcher, "shell", async (folder, disk) => {
		if (launcher.machine.chosen === "uml") {
			await runShell(umlCommandOf(launcher, build, true), signal, (channel) => orderServer(channel, server));
			return;
		}
		const sockets = await mkdtemp(path.join(os.tmpdir(), "fuselab-"));
		const interactiveSocket = path.join(sockets, "agent");
		const listener = createServer((socket) => orderServer(socket, server));
		try {
			await new Promise<void>((resolve) => listener.listen(interactiveSocket, resolve));
			const plan = { console: path.join(folder, "console.log"), ...disk, interactiveSocket };
			await runShell(await qemuCommand(launcher, build, plan, signal), signal, () => undefined);
		} finally {
			listener.close();
			await rm(sockets, { recursive: true, force: true });
		}
	});
