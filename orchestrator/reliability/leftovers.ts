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

/** Processes that carry the mark, by pid, with their command lines. */
export const markedProcesses = (mark: string): ReadonlyMap<number, string> =>
	new Map(
		namesIn("/proc")
			.filter((name) => /^\d+$/.test(name) && textOf(`/proc/${name}/environ`).includes(`${MARK}=${mark}\0`))
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
	/^(?:runs\/[^/]+(?:\/(?:run\.json|(?:cells|logs)(?:\/.+)?|boots(?:\/[^/]+(?:\/(?:console\.log|command\.sh|qemu\.log))?)?))?|runs|logs(?:\/.+)?|ledger(?:\/.+)?|durations\.json|mutant-killers\.json)$/;

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
	/** What was there before. */
	readonly before: ReadonlySet<string>;
}

/** Begins to watch. */
export const watch = (place: Omit<Watched, "before">): Watched => ({
	...place,
	before: new Set([...strayElsewhere(), ...mountsIn(place.folder)]),
});

/** Everything that is left; empty when nothing is. */
export const leftovers = ({ mark, folder, state, temporary, before }: Watched): readonly string[] => [
	...[...markedProcesses(mark)].map(([pid, command]) => `process ${pid} (${command.slice(0, 60)})`),
	...[...strayElsewhere(), ...mountsIn(folder)].filter((name) => !before.has(name)),
	...allIn(state).filter((name) => !KEPT.test(name)),
	...allIn(temporary),
];
