/** One guest after the other, for cells of one kernel: boots when a cell needs a guest, drops one that cannot be trusted. */
import type PQueue from "p-queue";
import type { Cell } from "../domain/cell.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import type { CellRecord } from "../domain/run.ts";
import type { GuestPort, RunPorts } from "./ports.ts";
import { runCell } from "./run-cell.ts";
import type { PlanContext } from "./run-plan.ts";

/** What the seats of one kernel share. */
export interface SeatShare {
	readonly build: KernelBuild;
	readonly context: PlanContext;
	readonly ports: RunPorts;
	/** Boots go one by one: each takes all of a CPU or more. */
	readonly booting: PQueue;
	/** The next boot's number. */
	nextBoot(): number;
	onCell(cell: Cell): void;
}

export class Seat {
	readonly #share: SeatShare;
	#guest: GuestPort | undefined;
	#boot = "";
	#cpus: number | undefined;
	/** Whether this guest has carried a cell. */
	#used = false;
	/** Bytes of the console that belong to cells before. */
	#read = 0;
	/** Of the last boot; 0 before any. */
	bootSeconds = 0;

	constructor(share: SeatShare) {
		this.#share = share;
	}

	get booted(): boolean {
		return this.#guest !== undefined;
	}

	/** Boots where there is no guest for this cell and `pays` says yes when it is this seat's turn. Throws `boot-failed`. */
	async prepare(cell: Cell, pays: () => boolean): Promise<boolean> {
		const isFresh = this.#share.context.wantsFresh?.(cell) === true;
		if (this.#cpus !== cell.cpus || (isFresh && this.#used)) await this.release();
		if (this.#guest !== undefined) return true;
		return await this.#share.booting.add(async () => {
			if (!pays()) return false;
			await this.#start(cell);
			return true;
		});
	}

	async #start({ cpus }: Cell): Promise<void> {
		const { build, ports, context } = this.#share;
		context.signal.throwIfAborted();
		const boot = `${build.name}-${this.#share.nextBoot()}`;
		const started = performance.now();
		ports.onEvent({ kind: "boot-start", kernel: build.name, machine: boot });
		const guest = await ports.launch(build, boot, cpus);
		this.bootSeconds = (performance.now() - started) / 1000;
		[this.#guest, this.#boot, this.#cpus, this.#used, this.#read] = [guest, boot, cpus, false, 0];
		ports.onEvent({ kind: "boot-end", seconds: this.bootSeconds, kernelRelease: guest.hello.kernelRelease });
	}

	/** Runs a cell on the guest that `prepare` has seen to. */
	async run(cell: Cell): Promise<CellRecord> {
		const { context, ports } = this.#share;
		if (this.#guest === undefined) throw new LabError({ code: "boot-failed", sentence: "There is no guest." });
		this.#share.onCell(cell);
		this.#used = true;
		const on = { guest: this.#guest, boot: this.#boot, consoleFrom: this.#read };
		const { record, guestUsable, consoleTo } = await runCell(cell, context.serverOf(cell), on, ports, context.signal);
		this.#read = consoleTo;
		if (!guestUsable || context.wantsFresh?.(cell) === true) await this.release();
		return record;
	}

	/** Ends the guest, if there is one. */
	async release(): Promise<void> {
		const guest = this.#guest;
		this.#guest = undefined;
		await guest?.[Symbol.asyncDispose]();
	}
}
