import { readFileSync } from "node:fs";

/**
 * Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat), undefined when it is gone or a zombie.
 * pid and start time together name a process for good; `kill(pid, 0)` would also succeed on a zombie.
 */
export const startTimeOf = (pid: number): string | undefined => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		// The command in parentheses may hold anything, so count from the last one.
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
	} catch {
		return undefined;
	}
};
