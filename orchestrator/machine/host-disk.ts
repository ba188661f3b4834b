/** A real disk for the stores of the machine `host`: it is written over, so it is looked at twice before. */
import { closeSync, constants, openSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { LabError } from "../domain/lab-error.ts";
import { run } from "../host/process.ts";

/** The label that the agent gives its file systems (guest/agent/store.ts). */
const OUR_LABEL = "fuselab";

/** Between the two looks. */
const SETTLE_MS = 1000;

/** What is known of a disk or partition. */
export interface DiskFacts {
	readonly isBlockDevice: boolean;
	/** `major:minor` of the device and of its partitions. */
	readonly numbers: readonly string[];
	/** `major:minor` of everything that is mounted in this namespace. */
	readonly mounted: readonly string[];
	/** `major:minor` of what is swapped to. */
	readonly swaps: readonly string[];
	/** Devices made of it or of its partitions: device mapper, RAID. */
	readonly holders: readonly string[];
	readonly partitions: readonly string[];
	/** What blkid(8) finds on it: `TYPE` and `LABEL`; empty on a blank one. */
	readonly signature: Readonly<Record<string, string>>;
	/** Whether the kernel gives it to one owner alone. */
	readonly exclusive: boolean;
}

/** Everything that stands against writing over a disk; empty when nothing does. Pure. */
export const whyNotDisk = (facts: DiskFacts): readonly string[] => {
	const uses = (numbers: readonly string[]): boolean => numbers.some((number) => facts.numbers.includes(number));
	const { TYPE, PTTYPE, LABEL } = facts.signature;
	return [
		...(facts.isBlockDevice ? [] : ["it is no block device"]),
		...(uses(facts.mounted) ? ["it, or a partition of it, is mounted"] : []),
		...(uses(facts.swaps) ? ["it, or a partition of it, is swap space in use"] : []),
		...(facts.holders.length > 0 ? [`it is part of ${facts.holders.join(", ")}`] : []),
		...(facts.partitions.length > 0 ? [`it has partitions (${facts.partitions.join(", ")}): name one of them`] : []),
		...((TYPE ?? PTTYPE) !== undefined && LABEL !== OUR_LABEL
			? [`it holds ${TYPE ?? PTTYPE}, which fuselab did not make (wipefs -a clears what nobody needs)`]
			: []),
		...(facts.exclusive ? [] : ["the kernel does not give it to one owner alone: something uses it"]),
	];
};

const listing = (folder: string): readonly string[] => {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
};

const numberOf = (device: string): string => {
	const { rdev } = statSync(device);
	return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;
};

const opensAlone = (device: string): boolean => {
	try {
		closeSync(openSync(device, constants.O_RDONLY | constants.O_EXCL));
		return true;
	} catch {
		return false;
	}
};

const look = async (device: string, signal: AbortSignal): Promise<DiskFacts> => {
	const isBlockDevice = statSync(device).isBlockDevice();
	const sys = `/sys/class/block/${path.basename(device)}`;
	const partitions = listing(sys).filter((name) => listing(`${sys}/${name}`).includes("partition"));
	const numbers = [device, ...partitions.map((name) => `/dev/${name}`)].map(numberOf);
	const printed = isBlockDevice
		? (await run("blkid", ["--probe", "--output", "export", device], { signal, okStatus: [0, 2] })).stdout
		: "";
	return {
		isBlockDevice,
		numbers,
		mounted: readFileSync("/proc/self/mountinfo", "utf8")
			.split("\n")
			.map((line) => line.split(" ")[2] ?? ""),
		swaps: readFileSync("/proc/swaps", "utf8")
			.split("\n")
			.map((line) => line.split(/\s/)[0] ?? "")
			.filter((file) => file.startsWith("/dev/"))
			.map(numberOf),
		holders: [`${sys}/holders`, ...partitions.map((name) => `${sys}/${name}/holders`)].flatMap(listing),
		partitions,
		signature: Object.fromEntries(printed.split("\n").map((line) => line.split("=", 2) as [string, string])),
		exclusive: isBlockDevice && opensAlone(device),
	};
};

/** The device number of the disk of that name, when it is nobody's. Throws `host-unsupported` with all that speaks against it. */
export const claimDisk = async (name: string, signal: AbortSignal): Promise<{ major: number; minor: number }> => {
	let why: readonly string[];
	let device = name;
	try {
		device = realpathSync(name);
		// Twice, as what is mounted or assembled by itself when a disk appears takes a moment.
		why = whyNotDisk(await look(device, signal));
		await setTimeout(SETTLE_MS, undefined, { signal });
		why = [...why, ...whyNotDisk(await look(device, signal))];
	} catch (error) {
		signal.throwIfAborted();
		why = [error instanceof Error ? error.message : String(error)];
	}
	if (why.length > 0)
		throw new LabError({
			code: "host-unsupported",
			sentence: `${name} is not written over.`,
			evidence: [...new Set(why)],
			hint: "Name an unused disk or partition in /dev/disk/by-id, or leave the NVMe stores out.",
		});
	const [major = 0, minor = 0] = numberOf(device).split(":").map(Number);
	return { major, minor };
};
