/** A cell of an old run, as `RUN/CELL` names it: everything that it takes to run it again, from the record. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { findRun, readRun } from "../archive/read.ts";
import { onMachine } from "../config/on-machine.ts";
import { type Cell, MACHINE_KINDS } from "../domain/cell.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { LabError } from "../domain/lab-error.ts";
import type { ArchivedRun, RunRecord } from "../domain/run.ts";
import { isMissing, sha256OfFile } from "../host/files.ts";
import { folders } from "../host/folders.ts";
import { type ReproCell, reproScript } from "../machine/boot-script.ts";
import { planOf, readKeptConfig } from "./run.ts";
import { withRungs } from "./with-rungs.ts";

export interface RecordedCell {
	readonly run: RunRecord;
	readonly cell: Cell;
	/** Its only kernel is the cell's, its machine the one that the run had. */
	readonly config: LabConfig;
	/** The very image that the run booted; undefined when it is gone, or never was. */
	readonly built: KernelBuild | undefined;
}

/** An id without its last part: repeats of one square are the same cell. */
export const squareOf = (id: string): string => id.replace(/#\d+$/, "");

const isThere = async ({ image, imageSha256 }: KernelBuild): Promise<boolean> => {
	try {
		return (await sha256OfFile(image)) === imageSha256;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
};

/** The config with the kernel that the run called `name`; a kernel that can be had as it was needs no source. */
const configFor = async (run: RunRecord, name: string, built: KernelBuild | undefined): Promise<LabConfig> => {
	const kept = readKeptConfig(run.config, run.configPath);
	const kind = MACHINE_KINDS.find((known) => known === run.machine.chosen) ?? run.machine.kind;
	if (built !== undefined) {
		const ladder = built.rung?.ladder ?? name;
		// A mutant's run names it after its mutant: it stands in the place of the config's first kernel.
		const wish = kept.kernels.find((kernel) => kernel.name === ladder) ?? kept.kernels[0];
		if (wish === undefined) throw new TypeError("a config without kernels was accepted");
		const { prefixes: _, ...bare } = wish;
		const rung = built.rung === undefined ? {} : { rung: built.rung };
		return onMachine({ ...kept, kernels: [{ ...bare, name, ...rung }] }, kind);
	}
	// `fuselab ladder` makes rungs of a config that names none.
	const prefix = /@(\d+)$/.exec(name)?.[1];
	const whole = await withRungs(kept, prefix === undefined ? {} : { otherwise: [Number(prefix)] });
	return onMachine({ ...whole, kernels: whole.kernels.filter((kernel) => kernel.name === name) }, kind);
};

/** Finds the cell that `target` names. Throws `usage` or `run-missing`. */
export const findRecordedCell = async (target: string): Promise<RecordedCell> => {
	const slash = target.indexOf("/");
	if (slash < 1)
		throw new LabError({
			code: "usage",
			sentence: `\`${target}\` names no cell.`,
			hint: "RUN/CELL is wanted, as the report prints it; RUN may be `latest`.",
		});
	const wanted = squareOf(target.slice(slash + 1));
	const { run, cells } = await readRun(await findRun(target.slice(0, slash), folders.runs()));
	const name = (wanted.split("/")[0] ?? "").replace(/\+\d+cpus$/, "");
	const recorded = run.kernels.find((kernel) => kernel.name === name);
	const built = recorded !== undefined && (await isThere(recorded)) ? recorded : undefined;
	const isPlanned = run.planned.some((id) => squareOf(id) === wanted);
	const config = isPlanned ? await configFor(run, name, built) : undefined;
	const cell = config && planOf(config).cells.find(({ id }) => squareOf(id) === wanted);
	if (config === undefined || cell === undefined)
		throw new LabError({
			code: "run-missing",
			sentence: `Run ${run.id} has no cell ${wanted}${isPlanned ? " that this fuselab knows" : ""}.`,
			evidence: cells.map(({ cell: { id } }) => id).slice(0, 20),
			hint: "`fuselab report` lists the cells that failed, each with its repro line.",
		});
	return { run, cell, config, built };
};

/** Server start and teardown, and a boot on the slowest machine. */
const AROUND_CELL_SECONDS = 300;

/** The order of a cell as its boot's record has it, if the cell ran there. */
const orderIn = (orders: string, id: string): string | undefined =>
	orders.split("\n").findLast((line) => line.includes(`"id":${JSON.stringify(id)},`));

/** A script that runs a cell of this run without fuselab; undefined where no guest got as far as its order. */
export const reproScriptOf = async ({ folder, run, cells }: ArchivedRun, root: string): Promise<string | undefined> => {
	// Without fuselab nobody would restore what a run changes on this computer.
	if (run.machine.chosen === "host") return undefined;
	const record = cells.findLast(({ boot }) => boot !== null);
	const image = run.kernels.find(({ name }) => name === record?.cell.kernel)?.image;
	if (record === undefined || record.boot === null || image === undefined) return undefined;
	const boot = path.join(folder, "boots", record.boot);
	const order = orderIn(await readFile(path.join(boot, "orders.jsonl"), "utf8").catch(() => ""), record.cell.id);
	if (order === undefined) return undefined;
	return reproScript({
		id: record.cell.id,
		run: run.id,
		mode: record.cell.mode,
		order,
		boot: await readFile(path.join(boot, "command.sh"), "utf8"),
		needs: [image, root],
		seconds: Number(/"timeoutMs":(\d+)/.exec(order)?.[1] ?? 0) / 1000 + AROUND_CELL_SECONDS,
	} satisfies ReproCell);
};
