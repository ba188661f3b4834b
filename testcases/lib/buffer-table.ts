/** io_uring's tables of registered buffers, as fdinfo shows them. */
import { readdir, readFile, readlink } from "node:fs/promises";

/** Filled slots of all such tables of a process, by fdinfo's lines below `UserBufs`: `fd 7 slot 0: 0x0/4096`. */
export const filledSlots = async (pid: number): Promise<readonly string[]> => {
	const filled: string[] = [];
	for (const fd of await readdir(`/proc/${pid}/fd`)) {
		const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
		if (target !== "anon_inode:[io_uring]") continue;
		const [, table = ""] = (await readFile(`/proc/${pid}/fdinfo/${fd}`, "utf8")).split(/^UserBufs:.*$/m);
		for (const [, slot = "", what = ""] of table.matchAll(/^\s*(\d+): (.*)$/gm))
			if (!what.includes("<none>")) filled.push(`fd ${fd} slot ${slot}: ${what}`);
	}
	return filled;
};
