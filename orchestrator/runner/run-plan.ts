/** Executes a plan: kernel by kernel, one guest for many cells, a new guest after one that can no longer be trusted. */
import type { Cell, Plan } from "../domain/cell.ts";
import type { ServerSettings } from "../domain/channel.ts";
import type { KernelBuild, KernelFault, KernelWish } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import { type CellRecord, RECORD_VERSION } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import { verdictOnBoot, verdictOnBuild } from "./judge.ts";
import { KernelWork } from "./kernel-work.ts";
import type { RunPorts } from "./ports.ts";
import type { SecondsOf } from "./shifts.ts";

export interface PlanContext {
	readonly kernels: readonly KernelWish[];
	/** How the server of a cell is to be started, besides mode and store. */
	readonly serverOf: (cell: Cell) => ServerSettings;
	readonly signal: AbortSignal;
	/** True when a record settles what was asked of its kernel: the rest of that kernel's cells are left out. */
	readonly isEnough?: (record: CellRecord) => boolean;
	/** Numbers that boots of these kernels may have had in this run before; 0 unless told. */
	readonly bootsBefore?: number;
	/** How many guests may carry checks side by side; 1 unless told. */
	readonly guests?: number;
	/** What a cell took when it last passed; with it, the longest checks come first. */
	readonly secondsOf?: SecondsOf;
	/** Cells that want a guest that no other cell has had or gets. */
	readonly wantsFresh?: (cell: Cell) => boolean;
}

/** Faults of the kernel under test: they are verdicts of its cells, the run goes on with the next kernel. */
const STAGE_OF_FAULT: ReadonlyMap<string, KernelFault["stage"]> = new Map([
	["patch-failed", "apply"],
	["kernel-config-lost", "configure"],
	["build-failed", "build"],
]);

/** The cell's name without its kernel: it is the same on every rung. */
const squareOf = ({ id, kernel }: Cell): string => id.slice(kernel.length);

/** Runs the plan; every record goes through `ports.write` as soon as it is won. Throws what is the lab's own fault. */
export const runPlan = async (plan: Plan, context: PlanContext, ports: RunPorts): Promise<void> => {
	const run = new PlanRun(context, ports);
	for (const wish of context.kernels) {
		const cells = plan.cells.filter((cell) => cell.kernel === wish.name);
		// Whether a rung builds is a result of its own.
		if (cells.length > 0 || wish.rung !== undefined) await run.kernel(wish, cells);
	}
};

class PlanRun {
	readonly #context: PlanContext;
	readonly #ports: RunPorts;
	/** Records of the rungs that ran, by ladder, image and square. */
	readonly #won = new Map<string, CellRecord>();
	#done = 0;
	#begun = 0;

	constructor(context: PlanContext, ports: RunPorts) {
		this.#context = context;
		this.#ports = ports;
	}

	/** Builds one kernel and runs its cells. */
	async kernel(wish: KernelWish, cells: readonly Cell[]): Promise<void> {
		this.#context.signal.throwIfAborted();
		this.#ports.onEvent({ kind: "build-start", kernel: wish.name });
		let build: KernelBuild;
		try {
			build = await this.#ports.build(wish);
		} catch (error) {
			const stage = error instanceof LabError ? STAGE_OF_FAULT.get(error.code) : undefined;
			if (!(error instanceof LabError) || stage === undefined) throw error;
			const { name, rung } = wish;
			this.#ports.onEvent({ kind: "build-failed", kernel: name, detail: error.message });
			await this.#ports.onUnbuilt({ name, stage, detail: error.message, ...(rung === undefined ? {} : { rung }) });
			await this.#giveUp(cells, verdictOnBuild(error.message), error.log);
			return;
		}
		const { buildSeconds: seconds, fromCache } = build;
		this.#ports.onEvent({ kind: "build-end", kernel: wish.name, seconds, fromCache });
		await this.#ports.onBuilt(build);
		await this.#cells(build, await this.#share(build, cells));
	}

	/** Takes over what an earlier rung with the very same image won; gives the cells that are left to run. */
	async #share(build: KernelBuild, cells: readonly Cell[]): Promise<readonly Cell[]> {
		const left: Cell[] = [];
		for (const cell of cells) {
			const won = this.#won.get(this.#nameOfSquare(build, cell));
			if (won === undefined) left.push(cell);
			else this.#keep(build, await this.#ports.write({ ...won, cell, seconds: 0, sharedWith: won.cell.id }, {}));
		}
		return left;
	}

	/** Kernels off a ladder never share: who names one twice wants to see it twice. */
	#nameOfSquare({ rung, imageSha256, name }: KernelBuild, cell: Cell): string {
		return `${rung?.ladder ?? name} ${rung === undefined ? "" : imageSha256} ${squareOf(cell)}`;
	}

	async #cells(build: KernelBuild, cells: readonly Cell[]): Promise<void> {
		const work = new KernelWork(build, this.#context, this.#ports, {
			keep: (record) => this.#keep(build, record),
			onCell: (cell) => {
				this.#begun += 1;
				this.#ports.onEvent({ kind: "cell-start", cell, number: this.#begun });
			},
		});
		const givenUp = await work.run(cells);
		if (givenUp === undefined) return;
		const { evidence, message, log } = givenUp.error;
		await this.#giveUp(givenUp.cells, verdictOnBoot(this.#ports.findTrouble(evidence.join("\n")), message), log);
	}

	#keep(build: KernelBuild | undefined, record: CellRecord): void {
		this.#done += 1;
		// What the lab could not tell on one rung it may yet tell on the next.
		if (build?.rung !== undefined && record.sharedWith === undefined && record.verdict.outcome !== "broken")
			this.#won.set(this.#nameOfSquare(build, record.cell), record);
		this.#ports.onEvent({ kind: "cell-end", record, number: this.#done });
	}

	/** Records cells that never ran, all with the same verdict. */
	async #giveUp(cells: readonly Cell[], verdict: Verdict, log: string | undefined): Promise<void> {
		for (const cell of cells) {
			const nothing = { proof: null, tap: null, figures: [], findings: [], seconds: 0, boot: null };
			const files = log === undefined ? {} : { log };
			this.#keep(undefined, await this.#ports.write({ version: RECORD_VERSION, cell, verdict, ...nothing, files }, {}));
		}
	}
}
