/** Boots guests for one run: chooses the accelerator, makes and removes the disk, names the boots. */
import { mkdtemp, open, rm } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import type { MachineSpec } from "../domain/cell.ts";
import type { HostMessage, ServerOrder } from "../domain/channel.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import { explainFull } from "../host/files.ts";
import { ensureFolder } from "../host/folders.ts";
import { ownPath } from "../host/ledger.ts";
import { type BootPlan, bootCommand } from "./command.ts";
import { Guest } from "./guest.ts";
import { probeKvm } from "./probe.ts";
import { type Virtme, virtmeCommand } from "./virtme.ts";

export interface ChosenMachine {
	readonly accelerator: "kvm" | "tcg";
	/** Kind as it stands in records: `qemu-kvm` or `qemu-tcg`. */
	readonly chosen: "qemu-kvm" | "qemu-tcg";
	readonly why: string;
	/** Every deadline is multiplied by this. */
	readonly slowness: number;
}

const KVM = { accelerator: "kvm", chosen: "qemu-kvm", slowness: 1 } as const;
const TCG = { accelerator: "tcg", chosen: "qemu-tcg", slowness: 8 } as const;

/** Picks the best machine that works here. Throws `host-unsupported` when KVM was asked for by name and cannot boot. */
export const chooseMachine = async (spec: MachineSpec, image: string, signal: AbortSignal): Promise<ChosenMachine> => {
	if (spec.kind === "qemu-tcg") return { ...TCG, why: "asked for by name" };
	const kvm = await probeKvm(image, signal);
	if (kvm?.works === true) return { ...KVM, why: kvm.why };
	const why = kvm?.why ?? "KVM was not probed";
	if (spec.kind === "qemu-kvm")
		throw new LabError({
			code: "host-unsupported",
			sentence: `KVM does not work here: ${why}.`,
			hint: "Use `machine: {kind: auto}` or `qemu-tcg`.",
		});
	return { ...TCG, why: `KVM does not work here: ${why}` };
};

export interface Launcher {
	readonly virtme: Virtme;
	readonly root: string;
	readonly lab: string;
	readonly spec: MachineSpec;
	readonly machine: ChosenMachine;
	/** Folder under which each boot gets its own. */
	readonly boots: string;
}

const BOOT_SECONDS = 15;
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

/** The command of one boot, and the disk that it needs. */
const commandOf = async (
	launcher: Launcher,
	build: KernelBuild,
	plan: Pick<BootPlan, "console" | "nvmeImage" | "interactiveSocket">,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const { cpus, memoryMiB } = launcher.spec;
	const kvm = launcher.machine.accelerator === "kvm";
	const virtme = await virtmeCommand(
		launcher.virtme,
		{ image: build.image, root: launcher.root, cpus, memoryMiB, kvm },
		signal,
	);
	return bootCommand(virtme, {
		...plan,
		lab: launcher.lab,
		accelerator: launcher.machine.accelerator,
		lifetimeSeconds: LIFETIME_SECONDS,
	});
};

/** Makes the boot's folder and, if wanted, its disk; the disk's name is gone when `boot` has ended. */
const withDisk = async <T>(
	launcher: Launcher,
	name: string,
	boot: (folder: string, disk: { nvmeImage?: string }) => Promise<T>,
): Promise<T> => {
	const folder = await ensureFolder(path.join(launcher.boots, name));
	if (launcher.spec.nvmeMiB === undefined) return await boot(folder, {});
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
		const command = await commandOf(launcher, build, { console: path.join(folder, "console.log"), ...disk }, signal);
		return await Guest.boot({ command, folder, signal, timeoutMs: BOOT_SECONDS * 1000 * launcher.machine.slowness });
	});

/** Boots with the console on this terminal; orders `server` as soon as the agent speaks; ends with the shell. */
export const launchShell = async (
	launcher: Launcher,
	build: KernelBuild,
	server: ServerOrder,
	signal: AbortSignal,
): Promise<void> =>
	await withDisk(launcher, "shell", async (folder, disk) => {
		const sockets = await mkdtemp(path.join(os.tmpdir(), "fuselab-"));
		const interactiveSocket = path.join(sockets, "agent");
		const listener = createServer((socket) => {
			socket.on("error", () => undefined);
			socket.once("data", () => socket.write(`${JSON.stringify({ type: "serve", server } satisfies HostMessage)}\n`));
		});
		try {
			await new Promise<void>((resolve) => listener.listen(interactiveSocket, resolve));
			const [qemu = "", ...args] = await commandOf(
				launcher,
				build,
				{ console: path.join(folder, "console.log"), ...disk, interactiveSocket },
				signal,
			);
			await execa("setpriv", ["--pdeathsig", "KILL", "--", qemu, ...args], {
				stdio: "inherit",
				cancelSignal: signal,
				reject: false,
			});
		} finally {
			listener.close();
			await rm(sockets, { recursive: true, force: true });
		}
	});
