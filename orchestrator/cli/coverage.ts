/** `fuselab coverage RUN`: which lines of fs/fuse a run's cases ran. */
import { access } from "node:fs/promises";
import path from "node:path";
import { notesOf, readCounts } from "../../kernels/gcov.ts";
import { findRun, readRun } from "../archive/read.ts";
import { folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { coveragePage } from "../report/coverage.ts";

const TRANSPORT = "fs/fuse/dev_uring.c";

/** Prints the page as Markdown; gives the exit status. */
export const coverageCommand = async (name: string): Promise<number> => {
	const folder = await findRun(name, folders.runs());
	const { run, cells } = await readRun(folder);
	const boots: string[] = [];
	for (const boot of new Set(cells.flatMap(({ boot }) => (boot === null ? [] : [boot])))) {
		const counts = path.join(folder, "boots", path.basename(boot), "counts");
		await access(counts).then(
			() => boots.push(counts),
			() => undefined,
		);
	}
	const files = await readCounts(notesOf(run.kernels[0]?.image ?? ""), boots, interrupt.signal);
	process.stdout.write(coveragePage(run, cells, files, TRANSPORT));
	return 0;
};
