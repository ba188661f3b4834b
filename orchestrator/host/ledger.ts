/** What this process owns outside itself, on disk, so that `fuselab sweep` can remove it after a SIGKILL. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folders } from "./folders.ts";
import { startTimeOf } from "./start-time.ts";

interface Owned {
	readonly owner: { readonly pid: number; readonly start: string };
	readonly processes: readonly { readonly pid: number; readonly start: string; readonly what: string }[];
	readonly paths: readonly string[];
	/** Files of sysfs and what they held before. */
	readonly settings?: readonly Setting[];
}

interface Setting {
	readonly file: string;
	readonly value: string;
}

const ledgerFolder = (): string => path.join(folders.state(), "ledger");

let processes: Owned["processes"] = [];
let paths: readonly string[] = [];
let settings: readonly Setting[] = [];

const save = (): void => {
	const start = startTimeOf(process.pid) ?? "0";
	const file = path.join(ledgerFolder(), `${process.pid}-${start}.json`);
	if (processes.length === 0 && paths.length === 0 && settings.length === 0) {
		rmSync(file, { force: true });
		return;
	}
	mkdirSync(ledgerFolder(), { recursive: true });
	writeFileSync(
		`${file}.tmp`,
		JSON.stringify({ owner: { pid: process.pid, start }, processes, paths, settings } satisfies Owned),
	);
	renameSync(`${file}.tmp`, file);
};

/** Enters a process; gives back what takes it out again. */
export const ownProcess = (pid: number, what: string): (() => void) => {
	const entry = { pid, start: startTimeOf(pid) ?? "0", what };
	processes = [...processes, entry];
	save();
	return () => {
		processes = processes.filter((other) => other !== entry);
		save();
	};
};

/** Enters a file or folder that must not outlive this process. */
export const ownPath = (owned: string): (() => void) => {
	paths = [...paths, owned];
	save();
	return () => {
		paths = paths.filter((other) => other !== owned);
		save();
	};
};

/** Only a parameter of a kernel module is ever written, whatever a ledger says. */
const restore = ({ file, value }: Setting): string => {
	if (!/^\/sys\/module\/\w+\/parameters\/\w+$/.test(file)) return `left ${file} alone`;
	try {
		writeFileSync(file, value);
		return `set ${file} to ${value} as before`;
	} catch (error) {
		return `cannot set ${file} to ${value} (${error instanceof Error ? error.message : String(error)})`;
	}
};

/** Changes a module's parameter; gives back what restores it. Throws what the write throws. */
export const ownSetting = (file: string, value: string): (() => void) => {
	const setting = { file, value: readFileSync(file, "utf8").trim() };
	if (setting.value === value) return () => undefined;
	settings = [...settings, setting];
	save();
	writeFileSync(file, value);
	return () => {
		if (!settings.includes(setting)) return;
		restore(setting);
		settings = settings.filter((other) => other !== setting);
		save();
	};
};

const alive = ({ pid, start }: { readonly pid: number; readonly start: string }): boolean => startTimeOf(pid) === start;

/** Only what lies below fuselab's own folders is ever removed, whatever a ledger says. */
const isOurs = (owned: string): boolean =>
	[folders.cache(), folders.state()].some((folder) => path.resolve(owned).startsWith(`${folder}${path.sep}`));

/** Temporary entries (`.NAME.tmp-PID`) of processes that are gone. */
const staleTemporaries = (): readonly string[] =>
	["kernels", "roots", "tools", "trees", "debs"].flatMap((name) => {
		const folder = path.join(folders.cache(), name);
		try {
			return readdirSync(folder)
				.filter((entry) => {
					const pid = /\.tmp-(\d+)$/.exec(entry)?.[1];
					return pid !== undefined && startTimeOf(Number(pid)) === undefined;
				})
				.map((entry) => path.join(folder, entry));
		} catch {
			return [];
		}
	});

/** One thing removed, or why not: what cannot be removed must not stop a run. */
const removeLeft = (left: string): string => {
	try {
		rmSync(left, { recursive: true, force: true });
		return `removed ${left}`;
	} catch (error) {
		return `cannot remove ${left} (${error instanceof Error ? error.message : String(error)})`;
	}
};

/** The group first, as what leads it may have ended. */
const killLeft = (pid: number): boolean =>
	[-pid, pid].some((target) => {
		try {
			return process.kill(target, "SIGKILL");
		} catch {
			return false;
		}
	});

/** Kills and removes what dead owners left; gives a line for each thing done. */
export const sweep = (): readonly string[] => {
	const done: string[] = [];
	let files: readonly string[] = [];
	try {
		files = readdirSync(ledgerFolder()).filter((name) => name.endsWith(".json"));
	} catch {
		// No ledger was ever written.
	}
	for (const name of files) {
		const file = path.join(ledgerFolder(), name);
		let owned: Owned;
		try {
			owned = JSON.parse(readFileSync(file, "utf8")) as Owned;
		} catch {
			rmSync(file, { force: true });
			continue;
		}
		if (alive(owned.owner)) continue;
		for (const child of owned.processes)
			if (alive(child)) done.push(`${killLeft(child.pid) ? "killed" : "cannot kill"} ${child.what} (pid ${child.pid})`);
		done.push(...(owned.settings ?? []).map(restore));
		for (const left of owned.paths.filter((owned) => isOurs(owned) && existsSync(owned))) done.push(removeLeft(left));
		rmSync(file, { force: true });
	}
	for (const left of staleTemporaries()) done.push(removeLeft(left));
	return done;
};
