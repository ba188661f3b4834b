/** The cells of one kernel on its guests, which take the next cell from a common queue as soon as they are free. */
import PQueue from "p-queue";
import type { Cell } from "../domain/cell.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import type { CellRecord } from "../domain/run.ts";
import type { RunPorts } from "./ports.ts";
import type { PlanContext } from "./run-plan.ts";
import { Seat } from "./seat.ts";
import { anotherGuestPays, type Shift, shiftsOf } from "./shifts.ts";

/** A kernel whose boots fail this often in a row is given up. */
const BOOT_TRIES = 2;

/** Why the cells that are left never ran. */
export interface GivenUp {
	readonly error: LabError;
	readonly cells: readonly Cell[];
}

export class KernelWork {
	readonly #context: PlanContext;
	readonly #ports: RunPorts;
	readonly #keep: (record: CellRecord) => void;
	readonly #newSeat: () => Seat;
	readonly #seats: Seat[] = [];
	#queue: Cell[] = [];
	#failures = 0;
	#enough = false;
	/** What ended the work early: the lab's own fault, or boots that fail. */
	#fault: { readonly error: unknown } | undefined;

	/** `keep` is told every record as it is won; `onCell`, every cell as it begins. */
	constructor(
		build: KernelBuild,
		context: PlanContext,
		ports: RunPorts,
		hooks: { readonly keep: (record: CellRecord) => void; readonly onCell: (cell: Cell) => void },
	) {
		let boots = context.bootsBefore ?? 0;
		const nextBoot = (): number => {
			boots += 1;
			return boots;
		};
		const share = { build, context, ports, booting: new PQueue({ concurrency: 1 }), nextBoot, onCell: hooks.onCell };
		this.#context = context;
		this.#ports = ports;
		this.#keep = hooks.keep;
		this.#newSeat = () => new Seat(share);
	}

	/** Runs cells, shift by shift. Gives those that were left when the kernel did not boot; throws the lab's own faults. */
	async run(cells: readonly Cell[]): Promise<GivenUp | undefined> {
		const left = new Set(cells);
		try {
			for (const shift of shiftsOf(cells, this.#context.secondsOf, this.#context.wantsFresh)) {
				await this.#shift(shift, left);
				if (this.#isOver) break;
			}
		} finally {
			for (const seat of this.#seats) await seat.release();
		}
		if (this.#fault === undefined) return undefined;
		const { error } = this.#fault;
		if (error instanceof LabError && error.code === "boot-failed") return { error, cells: [...left] };
		throw error;
	}

	/** No further cell is to be begun. */
	get #isOver(): boolean {
		return this.#enough || this.#fault !== undefined;
	}

	async #shift({ cells, parallel }: Shift, left: Set<Cell>): Promise<void> {
		this.#queue = [...cells];
		const size = parallel ? Math.max(1, Math.min(this.#context.guests ?? 1, cells.length)) : 1;
		for (const seat of this.#seats.splice(size)) await seat.release();
		while (this.#seats.length < size) this.#seats.push(this.#newSeat());
		const work = async (seat: Seat): Promise<void> => {
			try {
				await this.#work(seat, left);
			} catch (error) {
				this.#fault ??= { error };
			}
		};
		// A seat without a guest leaves its cell to those that have one: these go first, as they may have found nothing left.
		while (this.#queue.length > 0 && !this.#isOver)
			await Promise.all([...this.#seats].sort((a, b) => Number(b.booted) - Number(a.booted)).map(work));
	}

	async #work(seat: Seat, left: Set<Cell>): Promise<void> {
		for (let cell = this.#queue.shift(); cell !== undefined; cell = this.#isOver ? undefined : this.#queue.shift()) {
			this.#context.signal.throwIfAborted();
			if (!(await this.#prepare(seat, cell))) {
				this.#queue.unshift(cell);
				return;
			}
			left.delete(cell);
			const record = await seat.run(cell);
			this.#keep(record);
			if (this.#context.isEnough?.(record) === true) this.#enough = true;
		}
	}

	/** Sees that the seat has a guest for the cell; false when it did not boot, or when one more guest is not worth its boot. */
	async #prepare(seat: Seat, cell: Cell): Promise<boolean> {
		const pays = (): boolean => {
			const booted = this.#seats.filter((other) => other !== seat && other.booted);
			const bootSeconds = Math.max(0, ...this.#seats.map((other) => other.bootSeconds));
			const { secondsOf } = this.#context;
			return booted.length === 0 || anotherGuestPays([cell, ...this.#queue], booted.length, bootSeconds, secondsOf);
		};
		try {
			const prepared = await seat.prepare(cell, () => !this.#isOver && pays());
			if (prepared) this.#failures = 0;
			return prepared;
		} catch (error) {
			if (!(error instanceof LabError) || error.code !== "boot-failed") throw error;
			this.#failures += 1;
			this.#ports.onEvent({ kind: "stage", text: error.message, ...(error.log ? { log: error.log } : {}) });
			if (this.#failures >= BOOT_TRIES) this.#fault ??= { error };
			return false;
		}
	}
}
