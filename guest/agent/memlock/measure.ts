/** What is charged and pinned now, in pages, from every place that knows. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type MemlockReading, type MemlockUser, PAGE_BYTES } from "../../../orchestrator/domain/memlock.ts";
import { runBounded } from "../spawn.ts";
import { chargedLike } from "./identity.ts";

const PROBE_MS = 20_000;

const readOr = (file: string, otherwise: string): string => {
	try {
		return readFileSync(file, "utf8");
	} catch {
		// The process has ended.
		return otherwise;
	}
};

/** What the user is charged for (guest/memlock/charged.c). */
export const chargedPages = async (user: MemlockUser): Promise<number> => {
	const [program = "", ...args] = [
		...["prlimit", "--memlock=unlimited:unlimited", ...chargedLike(user)],
		`${process.env.FUSELAB_LAB}/charged`,
	];
	const { exitCode, stdout, stderr } = await runBounded(program, args, PROBE_MS);
	if (exitCode !== 0) throw new Error(`the user's charge could not be found: ${stderr.trim() || `status ${exitCode}`}`);
	return Number(stdout);
};

/** Pages that are pinned in the whole guest, by whomever. */
export const pinnedPages = (): number => {
	// Each CPU counts for itself until it is told to add up (mm/vmstat.c:vmstat_refresh).
	readOr("/proc/sys/vm/stat_refresh", "");
	const vmstat = readOr("/proc/vmstat", "");
	const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(vmstat)?.[1] ?? 0);
	return count("nr_foll_pin_acquired") - count("nr_foll_pin_released");
};

/** Contents of the fdinfo of each ring that the process has open. */
export const ringsOf = (pid: number): readonly string[] => {
	try {
		return readdirSync(`/proc/${pid}/fd`)
			.filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === "anon_inode:[io_uring]")
			.map((fd) => readOr(`/proc/${pid}/fdinfo/${fd}`, ""));
	} catch {
		return [];
	}
};

/** Pages of the buffers that a ring's fdinfo lists (io_uring/fdinfo.c: `INDEX: 0xADDRESS/LENGTH`). */
const registeredIn = (fdinfo: string): number =>
	[...fdinfo.matchAll(/^\s*\d+: 0x([\da-f]+)\/(\d+)$/gm)].reduce((pages, [, address = "0", length]) => {
		const start = Number.parseInt(address, 16);
		const end = start + Number(length);
		// A zero-copied request's pages have no address of their own.
		return start === 0 ? pages : pages + Math.ceil(end / PAGE_BYTES) - Math.floor(start / PAGE_BYTES);
	}, 0);

/** Pages of the buffers that are registered in all of the process's rings. */
export const registeredPages = (pid: number): number =>
	ringsOf(pid).reduce((pages, fdinfo) => pages + registeredIn(fdinfo), 0);

const kibOf = (status: string, name: string): number =>
	Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);

/** VmPin of a process, in pages. */
export const vmPinPages = (pid: number): number =>
	(kibOf(readOr(`/proc/${pid}/status`, ""), "VmPin") * 1024) / PAGE_BYTES;

/** Everything at one moment; `pinnedBefore` is what was pinned before the trial. */
export const readCharge = async (
	at: MemlockReading["at"],
	user: MemlockUser,
	pid: number,
	pinnedBefore: number,
): Promise<MemlockReading> => ({
	at,
	user: await chargedPages(user),
	vmPin: vmPinPages(pid),
	vmLck: (kibOf(readOr(`/proc/${pid}/status`, ""), "VmLck") * 1024) / PAGE_BYTES,
	registered: registeredPages(pid),
	pinned: pinnedPages() - pinnedBefore,
});
