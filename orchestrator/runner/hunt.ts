/** Runs the cells against kernels with seeded bugs, each until the first cell that fails on it and passes on the healthy kernel. */
import PQueue from "p-queue";
import type { Cell } from "../domain/cell.ts";
import type { KernelBuild, KernelWish } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import type { KillMemory, Mutant, MutantFinding, MutantOutcome } from "../domain/mutant.ts";
import type { CellRecord } from "../domain/run.ts";
import { learn, orderCells, squareOf } from "./killers.ts";
import type { RunPorts } from "./ports.ts";
import { type CaseText, type Relevance, relevanceAmong } from "./relevance.ts";
import { type PlanContext, runPlan } from "./run-plan.ts";

export interface HuntContext extends Pick<PlanContext, "serverOf" | "signal"> {
	/** The healthy kernel; a mutant is one patch more on it. */
	readonly base: KernelWish;
	/** The checks of the healthy kernel. */
	readonly cells: readonly Cell[];
	/** What the cases say about themselves, so that a mutant meets related ones first. */
	readonly cases: readonly CaseText[];
	/** How many mutants may run side by side. */
	readonly guests: number;
	readonly memory: KillMemory;
	/** Told of every mutant as soon as it is decided. */
	readonly onFinding: (finding: MutantFinding, memory: KillMemory) => Promise<void>;
}

const UNBUILT: ReadonlyMap<string, MutantOutcome> = new Map([
	["series-invalid", "does-not-apply"],
	["patch-failed", "does-not-apply"],
	["build-failed", "does-not-build"],
	["kernel-config-lost", "does-not-build"],
]);

/** A kernel that does not boot is asked this often: a loaded host has slow boots too. */
const BOOTS = 2;

/** Names of kernels end up in cell ids, file names and command lines; the number tells names apart that differ in odd letters only. */
const kernelNameOf = ({ name }: Mutant, index: number): string =>
	/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)
		? name
		: `${name
				.toLowerCase()
				.replaceAll(/[^a-z0-9]+/g, "-")
				.slice(0, 56)}-${index + 1}`.replace(/^-/, "");

const onKernel = (cell: Cell, kernel: string): Cell => ({ ...cell, kernel, id: `${kernel}/${squareOf(cell)}#1` });

/** A guest that hangs or dies without a word kills too: the healthy kernel's does not, which is checked like any other kill. */
const isKill = ({ verdict, proof, boot }: CellRecord): boolean =>
	verdict.outcome === "fail" ||
	(verdict.outcome === "broken" && verdict.because === "lab" && boot !== null && proof === null);

const isOfBoot = ({ verdict }: CellRecord): boolean => verdict.because === "boot";

/** Runs the hunt; throws what is the lab's own fault, the healthy kernel's faults included. */
export const hunt = async (mutants: readonly Mutant[], context: HuntContext, ports: RunPorts): Promise<void> => {
	const { base, cells, signal, guests } = context;
	const healthy = await ports.build(base);
	await ports.onBuilt(healthy);
	const run = new HuntRun(context, ports, healthy);
	const [first] = cells;
	if (first !== undefined) await run.isSound(first);
	const queue = new PQueue({ concurrency: guests });
	const faults: unknown[] = [];
	for (const [index, mutant] of mutants.entries()) {
		if (faults.length > 0) break;
		signal.throwIfAborted();
		const started = performance.now();
		const kernel = kernelNameOf(mutant, index);
		const build = await run.build(mutant, kernel);
		const buildSeconds = (performance.now() - started) / 1000;
		// One build ahead of the guests is enough.
		await queue.onSizeLessThan(1);
		void queue
			.add(async () => await run.decide(mutant, kernel, build, buildSeconds))
			.catch((error: unknown) => faults.push(error));
	}
	await queue.onIdle();
	if (faults.length > 0) throw faults[0];
};

/** What came out of one mutant, and the records that say so. */
interface Decision extends Pick<MutantFinding, "detail"> {
	readonly outcome: MutantOutcome;
	readonly records: readonly CellRecord[];
	readonly killer?: CellRecord;
}

class HuntRun {
	readonly #context: HuntContext;
	readonly #ports: RunPorts;
	readonly #healthy: KernelBuild;
	/** Whether a square passes on the healthy kernel. */
	readonly #sound = new Map<string, Promise<boolean>>();
	readonly #unsound = new Set<string>();
	readonly #relevance: Relevance;
	#memory: KillMemory;
	#runs = 0;

	constructor(context: HuntContext, ports: RunPorts, healthy: KernelBuild) {
		this.#context = context;
		this.#ports = ports;
		this.#healthy = healthy;
		this.#relevance = relevanceAmong(context.cases);
		this.#memory = context.memory;
	}

	/** Builds a mutant's kernel, where that decides nothing yet. */
	async build(mutant: Mutant, kernel: string): Promise<KernelBuild | Decision> {
		if (this.#cellsFor(mutant, kernel).length === 0)
			return { outcome: "survived", detail: `no cell runs in ${mutant.modes?.join(", ") ?? "any mode"}`, records: [] };
		const { base } = this.#context;
		try {
			const build = await this.#ports.build({
				...base,
				name: kernel,
				series: [...base.series, { kind: "path", path: mutant.file }],
			});
			await this.#ports.onBuilt(build);
			return build;
		} catch (error) {
			if (!(error instanceof LabError)) throw error;
			const outcome = UNBUILT.get(error.code);
			if (outcome === undefined) throw error;
			return { outcome, detail: error.message, records: [] };
		}
	}

	/** Whether a cell passes, or is skipped, on the healthy kernel; asked once a cell. Throws when that kernel does not boot. */
	async isSound(cell: Cell): Promise<boolean> {
		const square = squareOf(cell);
		const known = this.#sound.get(square) ?? this.#runHealthy(cell);
		this.#sound.set(square, known);
		return await known;
	}

	async #runHealthy(cell: Cell): Promise<boolean> {
		const [record] = await this.#run([onKernel(cell, this.#context.base.name)], this.#healthy);
		if (record === undefined) return false;
		if (isOfBoot(record))
			throw new LabError({
				code: "boot-failed",
				sentence: `The kernel without any mutant does not boot: ${record.verdict.detail}`,
				hint: "`fuselab run` with the same config shows what is wrong.",
				...(record.files.log === undefined ? {} : { log: record.files.log }),
			});
		const { outcome, detail } = record.verdict;
		if (outcome === "pass" || outcome === "skip") return true;
		const text = `${squareOf(cell)} does not pass on the healthy kernel either, so it kills nothing: ${detail}`;
		this.#ports.onEvent({ kind: "stage", text });
		this.#unsound.add(squareOf(cell));
		return false;
	}

	/** Runs one mutant to its end and tells what came out. */
	async decide(mutant: Mutant, kernel: string, build: KernelBuild | Decision, buildSeconds: number): Promise<void> {
		const started = performance.now();
		const { outcome, detail, killer, records } =
			"outcome" in build
				? build
				: await this.#hunt(build, orderCells(this.#cellsFor(mutant, kernel), this.#memory, mutant, this.#relevance));
		const seconds = buildSeconds + (performance.now() - started) / 1000;
		this.#memory = learn(this.#memory, mutant.digest, records, killer);
		const finding: MutantFinding = {
			mutant,
			result: {
				name: mutant.name,
				outcome,
				killingCase: killer?.cell.id ?? null,
				seconds: Math.round(seconds * 10) / 10,
			},
			detail,
			undecided: killer === undefined ? records.filter(({ verdict }) => verdict.outcome === "broken").length : 0,
		};
		await this.#context.onFinding(finding, this.#memory);
	}

	#cellsFor({ modes }: Mutant, kernel: string): readonly Cell[] {
		return this.#context.cells
			.filter((cell) => (modes === null || modes.includes(cell.mode)) && !this.#unsound.has(squareOf(cell)))
			.map((cell) => onKernel(cell, kernel));
	}

	async #hunt(build: KernelBuild, cells: readonly Cell[]): Promise<Decision> {
		const records: CellRecord[] = [];
		let left = cells;
		let failedBoots = 0;
		while (left.length > 0) {
			const won = await this.#run(left, build);
			const boot = won.find(isOfBoot);
			if (boot !== undefined) {
				failedBoots += 1;
				if (failedBoots < BOOTS) continue;
				return { outcome: "broke-boot", detail: boot.verdict.detail, records: [...records, ...won] };
			}
			records.push(...won);
			const killer = won.find(isKill);
			if (killer === undefined) break;
			if (await this.isSound(killer.cell)) return { outcome: "killed", detail: killer.verdict.detail, records, killer };
			// A case that fails without the mutant says nothing about it.
			left = left.slice(left.indexOf(killer.cell) + 1);
		}
		return { outcome: "survived", detail: "", records };
	}

	/** Runs cells of one kernel, which is built, until one kills; gives the records. */
	async #run(cells: readonly Cell[], build: KernelBuild): Promise<readonly CellRecord[]> {
		const { base, serverOf, signal } = this.#context;
		const records: CellRecord[] = [];
		this.#runs += 1;
		// Boots are named after the build, and a kernel may be run more than once.
		const named = { ...build, name: `${build.name}-${this.#runs}` };
		await runPlan(
			{ cells, ruledOut: [] },
			{ kernels: [{ ...base, name: cells[0]?.kernel ?? base.name }], serverOf, signal, isEnough: isKill },
			{
				...this.#ports,
				build: async () => named,
				onBuilt: async () => undefined,
				write: async (record, texts) => {
					const written = await this.#ports.write(record, texts);
					records.push(written);
					return written;
				},
			},
		);
		return records;
	}
}
