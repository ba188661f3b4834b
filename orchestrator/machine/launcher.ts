/** Boots guests for one run, whatever the machine: makes their commands, makes and removes the disk, names the boots. */
import { open, rm } from "node:fs/promises";
import path from "node:path";
import type { MachineSpec } from "../domain/cell.ts";
import { DEADLINE_MS } from "../domain/deadline.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import { explainFull } from "../host/files.ts";
import { ensureFolder } from "../host/folders.ts";
import { ownPath } from "../host/ledger.ts";
import type { DiskImage } from "./boot-script.ts";
import type { ChosenMachine } from "./choose.ts";
import { type BootPlan, bootCommand } from "./command.ts";
import { diskImagesOf, kernelParameters } from "./devices.ts";
import { Guest } from "./guest.ts";
import { enableUring, hostCommand } from "./host.ts";
import { claimDisk } from "./host-disk.ts";
import { umlCommand } from "./uml-command.ts";
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

/** How a boot differs from one that carries cells: the console on the terminal, a debugger. */
export interface BootManner extends Pick<BootPlan, "agentSocket" | "gdbSocket"> {
	readonly interactive?: true;
}

/** The QEMU command of one boot, which names the console and the disks relative to the boot's folder. */
const qemuCommand = async (
	launcher: Launcher,
	build: KernelBuild,
	manner: BootManner,
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
		...manner,
		console: "console.log",
		spec: launcher.spec,
		lab: launcher.lab,
		accelerator,
		...(launcher.disks === undefined ? {} : { disks: launcher.disks }),
		lifetimeSeconds: LIFETIME_SECONDS,
	});
};

const umlBoot = ({ spec, root, lab }: Launcher, { image }: KernelBuild, manner: BootManner): readonly string[] =>
	umlCommand({
		image,
		root,
		lab,
		cpus: spec.cpus,
		memoryMiB: spec.memoryMiB,
		parameters: kernelParameters(spec),
		lifetimeSeconds: LIFETIME_SECONDS,
		interactive: manner.interactive === true,
	});

/** The command of one boot; it runs in the boot's folder. */
export const commandOf = async (
	launcher: Launcher,
	build: KernelBuild,
	manner: BootManner,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const { spec, root, lab, machine } = launcher;
	if (machine.chosen === "host") {
		const disk = spec.disk === undefined ? {} : { disk: await claimDisk(spec.disk, signal) };
		return hostCommand({ root, lab, lifetimeSeconds: LIFETIME_SECONDS, ...disk });
	}
	const command =
		machine.chosen === "uml" ? umlBoot(launcher, build, manner) : await qemuCommand(launcher, build, manner, signal);
	return spec.batch === true ? ["chrt", "--batch", "0", ...command] : command;
};

/** The images that a boot needs in its folder. */
const disksOf = ({ spec, machine }: Launcher): readonly DiskImage[] =>
	machine.chosen === "uml" || machine.chosen === "host" ? [] : diskImagesOf(spec);

/** Makes the boot's folder and its disks, whose names are gone when `boot` has ended. */
export const withDisks = async <T>(
	launcher: Launcher,
	name: string,
	boot: (folder: string, disks: readonly DiskImage[]) => Promise<T>,
): Promise<T> => {
	const folder = await ensureFolder(path.join(launcher.boots, name));
	const disks = disksOf(launcher);
	const images = disks.map(({ file }) => path.join(folder, file));
	const disown = images.map(ownPath);
	try {
		for (const { file, mebibytes } of disks) await makeDisk(path.join(folder, file), mebibytes);
		return await boot(folder, disks);
	} finally {
		for (const image of images) await rm(image, { force: true });
		for (const undo of disown) undo();
	}
};

const PROGRAMS = {
	"qemu-kvm": "QEMU",
	"qemu-tcg": "QEMU",
	uml: "user-mode Linux",
	host: "the running kernel",
} as const;

/** Boots `build` once; `name` becomes the boot's folder. */
export const launch = async (
	launcher: Launcher,
	build: KernelBuild,
	name: string,
	signal: AbortSignal,
): Promise<Guest> =>
	await withDisks(
		launcher,
		name,
		async (folder, disks) =>
			await Guest.boot({
				program: PROGRAMS[launcher.machine.chosen],
				...(launcher.machine.chosen === "host" ? { afterwards: enableUring() } : {}),
				command: await commandOf(launcher, build, {}, signal),
				folder,
				disks,
				signal,
				timeoutMs: DEADLINE_MS.boot * launcher.machine.slowness,
			}),
	);
