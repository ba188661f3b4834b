/** Executes a plan: kernel by kernel, one guest for many cells, a new guest after one that can no longer be trusted. */
import type { Cell, Plan } from "../domain/cell.ts";
import type { ServerSettings } from "../domain/channel.ts";
import type { KernelBuild, KernelWish } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import { type CellRecord, RECORD_VERSION } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import { verdictOnBoot, verdictOnBuild } from "./judge.ts";
import type { GuestPort, RunPorts } from "./ports.ts";
import { runCell } from "./run-cell.ts";

export interface PlanContext {
	readonly kernels: readonly KernelWish[];
	/** How the server of a cell is to be started, besides mode and store. */
	readonly serverOf: (cell: Cell) => ServerSettings;
	readonly signal: AbortSignal;
}

/** Faults of the kernel under test: they are verdicts of its cells, the run goes on with the next kernel. */
const SUBJECT_FAULTS: ReadonlySet<string> = new Set(["patch-failed", "build-failed", "kernel-config-lost"]);

/** A kernel whose boots fail this often in a row is given up. */
const BOOT_TRIES = 2;

const isFault = (error: unknown, codes: ReadonlySet<string>): error is LabError =>
	error instanceof LabError && codes.has(error.code);

/** Runs the plan; every record goes through `ports.write` as soon as it is won. Throws what is the lab's own fault. */
export const runPlan = async (plan: Plan, context: PlanContext, ports: RunPorts): Promise<void> => {
	const run = new PlanRun(context, ports);
	for (const wish of context.kernels) {
		const cells = plan.cells.filter((cell) => cell.kernel === wish.name);
		if (cells.length > 0) await run.kernel(wish, cells);
	}
};

class PlanRun {
	readonly #context: PlanContext;
	readonly #ports: RunPorts;
	#done = 0;

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
			if (!isFault(error, SUBJECT_FAULTS)) throw error;
			await this.#giveUp(cells, verdictOnBuild(error.message), error.log);
			return;
		}
		const { buildSeconds: seconds, fromCache } = build;
		this.#ports.onEvent({ kind: "build-end", kernel: wish.name, seconds, fromCache });
		await this.#ports.onBuilt(build);
		await this.#cells(build, cells);
	}

	async #cells(build: KernelBuild, cells: readonly Cell[]): Promise<void> {
		let guest: GuestPort | undefined;
		let boots = 0;
		let failures = 0;
		const queue = [...cells];
		try {
			for (let cell = queue[0]; cell !== undefined; cell = queue[0]) {
				this.#context.signal.throwIfAborted();
				if (guest === undefined) {
					boots += 1;
					try {
						guest = await this.#boot(build, `${build.name}-${boots}`, cell.cpus);
						failures = 0;
					} catch (error) {
						if (!isFault(error, new Set(["boot-failed"]))) throw error;
						failures += 1;
						this.#ports.onEvent({ kind: "stage", text: error.message, ...(error.log ? { log: error.log } : {}) });
						if (failures < BOOT_TRIES) continue;
						const verdict = verdictOnBoot(this.#ports.findTrouble(error.evidence.join("\n")), error.message);
						await this.#giveUp(queue, verdict, error.log);
						return;
					}
				}
				this.#ports.onEvent({ kind: "cell-start", cell, number: this.#done + 1 });
				const server = this.#context.serverOf(cell);
				const boot = `${build.name}-${boots}`;
				const { record, guestUsable } = await runCell(cell, server, guest, boot, this.#ports, this.#context.signal);
				this.#keep(record);
				queue.shift();
				if (!guestUsable || queue[0]?.cpus !== cell.cpus) {
					await guest[Symbol.asyncDispose]();
					guest = undefined;
				}
			}
		} finally {
			await guest?.[Symbol.asyncDispose]();
		}
	}

	async #boot(build: KernelBuild, name: string, cpus: number | undefined): Promise<GuestPort> {
		const started = performance.now();
		this.#ports.onEvent({ kind: "boot-start", kernel: build.name, machine: name });
		const guest = await this.#ports.launch(build, name, cpus);
		const seconds = (performance.now() - started) / 1000;
		this.#ports.onEvent({ kind: "boot-end", seconds, kernelRelease: guest.hello.kernelRelease });
		return guest;
	}

	#keep(record: CellRecord): void {
		this.#done += 1;
		this.#ports.onEvent({ kind: "cell-end", record, number: this.#done });
	}

	/** Records cells that never ran, all with the same verdict. */
	async #giveUp(cells: readonly Cell[], verdict: Verdict, log: string | undefined): Promise<void> {
		for (const cell of cells) {
			const nothing = { proof: null, tap: null, figures: [], findings: [], seconds: 0, boot: null };
			const files = log === undefined ? {} : { log };
			this.#keep(await this.#ports.write({ version: RECORD_VERSION, cell, verdict, ...nothing, files }, {}));
		}
	}
}
