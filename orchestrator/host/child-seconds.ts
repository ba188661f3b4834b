import { readFile } from "node:fs/promises";

/** USER_HZ: clock ticks a second in /proc, the same on every architecture that Linux still supports. */
const TICKS = 100;
/** Counted after the command's name, which may hold spaces: cutime and cstime are fields 16 and 17 of stat(5). */
const [CUTIME, CSTIME] = [16 - 3, 17 - 3];

/** CPU seconds that the children of this process have used, those of their children included; the dead ones count. */
export const childSeconds = async (): Promise<number> => {
	const stat = await readFile("/proc/self/stat", "utf8");
	const fields = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
	return (Number(fields[CUTIME]) + Number(fields[CSTIME])) / TICKS;
};
