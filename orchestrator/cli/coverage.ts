/** `fuselab coverage RUN`: what a run's cases held, which lines of fs/fuse they ran, and what other commands found of them. */
import { access } from "node:fs/promises";
import path from "node:path";
import { notesOf, readCounts } from "../../kernels/gcov.ts";
import { catalogueFolder, readMutants } from "../../kernels/mutants.ts";
import { findRun, readRun } from "../archive/read.ts";
import { readMemlockRecord, readMutantResults } from "../archive/results.ts";
import { folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { coveragePage } from "../report/coverage.ts";

const TRANSPORT = "fs/fuse/dev_uring.c";

export interface CoverageOptions {
	/** What `fuselab mutants --json` printed. */
	readonly mutants?: string;
	/** What `fuselab memlock --json` printed. */
	readonly memlock?: string;
}

/** Prints the page as Markdown; gives the exit status. */
export const coverageCommand = async (name: string, options: CoverageOptions): Promise<number> => {
	// A file that is no good is told before gcov takes its time.
	const mutants =
		options.mutants === undefined
			? {}
			: { mutants: await readMutantResults(options.mutants), catalogue: await readMutants(catalogueFolder()) };
	const memlock = options.memlock === undefined ? {} : { memlock: await readMemlockRecord(options.memlock) };
	const folder = await findRun(name, folders.runs());
	const archived = await readRun(folder);
	const { run, cells } = archived;
	const boots: string[] = [];
	for (const boot of new Set(cells.flatMap(({ boot }) => (boot === null ? [] : [boot])))) {
		const counts = path.join(folder, "boots", path.basename(boot), "counts");
		await access(counts).then(
			() => boots.push(counts),
			() => undefined,
		);
	}
	const files = await readCounts(notesOf(run.kernels[0]?.image ?? ""), boots, interrupt.signal);
	process.stdout.write(coveragePage({ archived, files, transport: TRANSPORT, ...mutants, ...memlock }));
	return 0;
};
