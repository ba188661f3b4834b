/** Executes a plan: kernel by kernel, one guest for many cells, a new guest after one that can no longer be trusted. */
import type { Cell, Plan } from "../domain/cell.ts";
import type { ServerOrder } from "../domain/channel.ts";
import type { KernelBuild, KernelWish } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import { type CellRecord, RECORD_VERSION } from "../domain/run.ts";
import type { Because, Verdict } from "../domain/verdict.ts";
import type { GuestPort, RunPorts } from "./ports.ts";
import { runCell } from "./run-cell.ts";

export interface PlanContext {
	readonly kernels: readonly KernelWish[];
	/** How the server of a cell is to be started, besides mode and store. */
	readonly serverOf: (cell: Cell) => Pick<ServerOrder, "queueDepth" | "lies">;
	readonly signal: AbortSignal;
}

/** Faults of the kernel under test: they are verdicts of its cells, the run goes on with the next kernel. */
const SUBJECT_FAULTS: ReadonlySet<string> = new Set(["patch-failed", "build-failed", "kernel-config-lost"]);

/** A kernel whose boots keep failing is given up after this many in a row. */
const BOOT_TRIES = 2;

const unrun = (cell: Cell, verdict: Verdict, log: string | undefined): CellRecord => ({
	version: RECORD_VERSION,
	cell,
	verdict,
	proof: null,
	tap: null,
	figures: [],
	findings: [],
	seconds: 0,
	boot: null,
	files: log === undefined ? {} : { log },
});

export const runPlan = async (plan: Plan, context: PlanContext, ports: RunPorts): Promise<readonly CellRecord[]> => {
	const records: CellRecord[] = [];
	const { signal } = context;
	const keep = (record: CellRecord): void => {
		records.push(record);
		ports.onEvent({ kind: "cell-end", record, number: records.length });
	};
	const giveUp = async (cells: readonly Cell[], outcome: Verdict["outcome"], because: Because, error: LabError): Promise<void> => {
		for (const cell of cells) keep(await ports.write(unrun(cell, { outcome, because, detail: error.message }, error.log), {}));
	};

	for (const wish of context.kernels) {
		const cells = plan.cells.filter((cell) => cell.kernel === wish.name);
		if (cells.length === 0) continue;
		signal.throwIfAborted();
		ports.onEvent({ kind: "build-start", kernel: wish.name });
		let build: KernelBuild;
		try {
			build = await ports.build(wish);
		} catch (error) {
			if (!(error instanceof LabError && SUBJECT_FAULTS.has(error.code))) throw error;
			await giveUp(cells, "fail", "build", error);
			continue;
		}
		ports.onEvent({ kind: "build-end", kernel: wish.name, seconds: build.buildSeconds, fromCache: build.fromCache });
		await ports.onBuilt(build);
		await runCells(cells, build, context, ports, keep, giveUp, () => records.length);
	}
	return records;
};

const runCells = async (
	cells: readonly Cell[],
	build: KernelBuild,
	{ serverOf, signal }: PlanContext,
	ports: RunPorts,
	keep: (record: CellRecord) => void,
	giveUp: (cells: readonly Cell[], outcome: Verdict["outcome"], because: Because, error: LabError) => Promise<void>,
	done: () => number,
): Promise<void> => {
	let guest: GuestPort | undefined;
	let boots = 0;
	let failures = 0;
	let boot = "";
	try {
		for (let next = 0; next < cells.length; ) {
			const cell = cells[next];
			if (cell === undefined) break;
			signal.throwIfAborted();
			if (guest === undefined) {
				boots += 1;
				boot = `${build.name}-${boots}`;
				try {
					guest = await bootOnce(build, boot, ports);
					failures = 0;
				} catch (error) {
					if (!(error instanceof LabError && error.code === "boot-failed")) throw error;
					failures += 1;
					if (failures < BOOT_TRIES) continue;
					// What the kernel itself said decides whose fault it is.
					const byKernel = ports.findTrouble(error.evidence.join("\n")).length > 0;
					await giveUp(cells.slice(next), byKernel ? "fail" : "broken", "boot", error);
					return;
				}
			}
			ports.onEvent({ kind: "cell-start", cell, number: done() + 1 });
			const { record, guestUsable } = await runCell(cell, serverOf(cell), guest, boot, ports, signal);
			keep(record);
			next += 1;
			if (!guestUsable) {
				await guest[Symbol.asyncDispose]();
				guest = undefined;
			}
		}
	} finally {
		await guest?.[Symbol.asyncDispose]();
	}
};

const bootOnce = async (build: KernelBuild, name: string, ports: RunPorts): Promise<GuestPort> => {
	const started = performance.now();
	ports.onEvent({ kind: "boot-start", kernel: build.name, machine: name });
	const guest = await ports.launch(build, name);
	ports.onEvent({ kind: "boot-end", seconds: (performance.now() - started) / 1000, kernelRelease: guest.hello.kernelRelease });
	return guest;
};
