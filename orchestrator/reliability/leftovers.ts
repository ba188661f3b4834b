/** What of a fuselab is still there: processes, mounts, loop devices and files, as the host sees them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { folders } from "../host/folders.ts";

/** By this variable in their environment all its descendants are known, whoever their parent is by now. */
export const MARK = "FUSELAB_RELIABILITY";

const textOf = (file: string): string => {
	try {
		return readFileSync(file, "utf8");
	} catch {
		// It has ended meanwhile.
		return "";
	}
};

const namesIn = (folder: string): readonly string[] => {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
};

const groupOf = (pid: string): number => Number(textOf(`/proc/${pid}/stat`).replace(/^.*\)/s, "").split(" ")[3]);

/** Processes that carry the mark or are of one of the groups, by pid, with their command lines. */
export const markedProcesses = (mark: string, groups: ReadonlySet<number> = new Set()): ReadonlyMap<number, string> =>
	new Map(
		namesIn("/proc")
			.filter((name) => /^\d+$/.test(name))
			.filter((pid) => textOf(`/proc/${pid}/environ`).includes(`${MARK}=${mark}\0`) || groups.has(groupOf(pid)))
			// A zombie has ended; who should take its status is another question.
			.filter((pid) => !/^State:\s+[ZX]/m.test(textOf(`/proc/${pid}/status`)))
			.map((pid) => [Number(pid), textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim()]),
	);

/** A fault's own mounts are called so, and are no leftovers. */
export const OWN_MOUNT = "small-";

/** Mounts and loop devices of the host that name the folder. */
const mountsIn = (folder: string): readonly string[] => [
	...textOf("/proc/self/mountinfo")
		.split("\n")
		.filter((line) => line.includes(folder) && !line.includes(`${folder}/${OWN_MOUNT}`))
		.map((line) => `mount ${line.split(" ")[4]}`),
	...namesIn("/sys/block")
		.filter((name) => textOf(`/sys/block/${name}/loop/backing_file`).includes(folder))
		.map((name) => `loop device ${name}`),
];

/** A temporary entry names the process that makes it. */
const isDeadOnes = (entry: string): boolean => {
	const pid = /(?:\.tmp-|^apart-)(\d+)$/.exec(entry)?.[1];
	return pid !== undefined && !existsSync(`/proc/${pid}`);
};

/** Files of user-mode Linux, whatever TMPDIR says, and half-made entries of caches whose makers are gone. */
const strayElsewhere = (): readonly string[] => [
	...namesIn("/dev/shm")
		.filter((name) => name.startsWith("vm_file-"))
		.map((name) => path.join("/dev/shm", name)),
	...["kernels", "roots", "tools", "debs", "work", "disks"].flatMap((name) =>
		namesIn(path.join(folders.cache(), name))
			.filter(isDeadOnes)
			.map((entry) => path.join(folders.cache(), name, entry)),
	),
];

/** What a run is meant to leave: its records, logs, and what it has learnt. */
const KEPT =
	/^(?:runs\/[^/]+(?:\/(?:run\.json|(?:cells|logs)(?:\/.+)?|boots(?:\/[^/]+(?:\/(?:console\.log|command\.sh|qemu\.log|orders\.jsonl|counts(?:\/.+)?))?)?))?|runs|logs(?:\/.+)?|ledger(?:\/.+)?|durations\.json|mutant-killers\.json)$/;

const allIn = (folder: string): readonly string[] => {
	try {
		return readdirSync(folder, { recursive: true, encoding: "utf8" });
	} catch {
		return [];
	}
};

/** What a killed fuselab still owns, by its own books. */
export const ledgerOf = ({ state }: Watched): readonly string[] => allIn(path.join(state, "ledger"));

export interface Watched {
	readonly mark: string;
	/** The folder of everything of this fault. */
	readonly folder: string;
	/** Its XDG_STATE_HOME/fuselab. */
	state: string;
	/** Its TMPDIR. */
	readonly temporary: string;
	/** Process groups of its machines and builds: user-mode Linux's own children have no environment to carry the mark. */
	readonly groups: Set<number>;
	/** What was there before. */
	readonly before: ReadonlySet<string>;
}

/** Takes note of the groups that there are now, but for the group of this process. */
export const noteGroups = ({ mark, groups }: Watched): void => {
	for (const pid of markedProcesses(mark).keys()) {
		const group = groupOf(String(pid));
		if (group > 0 && group !== groupOf("self")) groups.add(group);
	}
};

/** Begins to watch. */
export const watch = (place: Omit<Watched, "before" | "groups">): Watched => ({
	...place,
	groups: new Set(),
	before: new Set([...strayElsewhere(), ...mountsIn(place.folder)]),
});

/** Everything that is left; empty when nothing is. */
export const leftovers = ({ mark, folder, state, temporary, groups, before }: Watched): readonly string[] => [
	...[...markedProcesses(mark, groups)].map(([pid, command]) => `process ${pid} (${command.slice(0, 60)})`),
	...[...strayElsewhere(), ...mountsIn(folder)].filter((name) => !before.has(name)),
	...allIn(state).filter((name) => !KEPT.test(name)),
	...allIn(temporary),
];
