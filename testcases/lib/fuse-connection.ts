/** The connection behind a mount, and the process that serves it, from the outside. */
import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

/** Path of the control file that aborts the connection of a mount; ask for it while the mount still answers. */
export const abortFileOf = async (mountRoot: string): Promise<string> => {
	const { dev } = await stat(mountRoot);
	// An anonymous device has major 0, and its minor is split around the major's place.
	const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
	return `/sys/fs/fuse/connections/${minor}/abort`;
};

export const abortConnection = async (abortFile: string): Promise<void> => await writeFile(abortFile, "1");

/** True once the process is gone; false after `timeoutMs`. */
export const hasEnded = async (pid: number, timeoutMs: number): Promise<boolean> => {
	const end = performance.now() + timeoutMs;
	while (existsSync(`/proc/${pid}`)) {
		if (performance.now() > end) return false;
		await setTimeout(20);
	}
	return true;
};
