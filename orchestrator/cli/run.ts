/** `fuselab run`: builds, boots, runs the plan, keeps records, prints the report. */
import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { FAILURES, LIES } from "../../testcases/case.ts";
import { CASES } from "../../testcases/catalogue.ts";
import { readRun } from "../archive/read.ts";
import { createRun, writeCell, writeRun } from "../archive/write.ts";
import { loadConfig, parseConfig } from "../config/load.ts";
import { onMachine } from "../config/on-machine.ts";
import type { Cell, MachineKind, Plan } from "../domain/cell.ts";
import type { ServerSettings } from "../domain/channel.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT } from "../domain/lab-error.ts";
import { RECORD_VERSION, type RunRecord } from "../domain/run.ts";
import type { FaultOrder } from "../domain/server-message.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { decodeStacks } from "../machine/decode.ts";
import { markKnown } from "../machine/known-trouble.ts";
import { qemuVersion } from "../machine/probe.ts";
import { findStuck } from "../machine/stuck.ts";
import { findTrouble } from "../machine/trouble.ts";
import { toJson } from "../report/json.ts";
import { renderReport } from "../report/table.ts";
import { exitStatusOfRun } from "../report/totals.ts";
import { expand } from "../runner/expand.ts";
import type { RunPorts } from "../runner/ports.ts";
import { type PlanContext, runPlan } from "../runner/run-plan.ts";
import { guestsThatFit, openDurations } from "./guests.ts";
import { type Bench, Boots, checkTimeoutMs, prepareBench, prepareKernel } from "./prepare.ts";
import { openView, type View } from "./stage.ts";
import { type AskedPrefixes, withRungs } from "./with-rungs.ts";

export interface RunOptions {
	readonly json: boolean;
	/** Only these cells, by id (`fuselab repro`). */
	readonly only?: (id: string) => boolean;
	readonly times?: number;
	/** How many guests may carry checks side by side; as many as fit without it. */
	readonly guests?: number;
	/** An image that is there already, in the place of a build. */
	readonly built?: KernelBuild;
	/** Called with the run's folder once its records are complete. */
	readonly afterwards?: (folder: string) => Promise<void>;
}

export const CASE_NAMES = CASES.map(({ name }) => name);
const LIE_NAMES = ["control", ...LIES, ...FAILURES];

/** Reads a config against the cases and lies that exist; `kind` is a machine in the place of the file's. */
export const readBareConfig = async (file: string, kind: MachineKind | undefined): Promise<LabConfig> =>
	onMachine(await loadConfig(file, CASE_NAMES, LIE_NAMES), kind);

/** The same with rungs; they stand in the place of kernels with prefixes. */
export const readConfig = async (
	file: string,
	kind: MachineKind | undefined,
	prefixes?: AskedPrefixes,
): Promise<LabConfig> => await withRungs(await readBareConfig(file, kind), prefixes);

/** A config without rungs from a text that an old run kept; `file` is where its relative paths start. */
export const readKeptConfig = (text: string, file: string): LabConfig => parseConfig(text, file, CASE_NAMES, LIE_NAMES);

/** The plan of a config, less the cells that `only` refuses. */
export const planOf = (config: LabConfig, only: (id: string) => boolean = () => true): Plan => {
	const plan = expand(config, CASES);
	return { ...plan, cells: plan.cells.filter(({ id }) => only(id)) };
};

/** `control` stands for what each case itself says it must notice: a lie of the shim, or a fault of our own server. */
export const dishonestyFor = (
	{ server: { lies } }: LabConfig,
	{ work }: Cell,
): { lies: readonly string[]; faults?: readonly FaultOrder[] } => {
	const others = lies.filter((lie) => lie !== "control");
	if (others.length === lies.length) return { lies };
	const control = CASES.find(({ name }) => work.kind === "check" && name === work.name)?.negativeControl;
	if (typeof control === "string") return { lies: [...others, control] };
	return control !== undefined && "fault" in control ? { lies: others, faults: [control] } : { lies: others };
};

const stampOf = (date: Date): string => date.toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);

const startRecord = async (config: LabConfig, plan: Plan, bench: Bench, started: Date): Promise<RunRecord> => {
	const packageJson: unknown = JSON.parse(await readFile(path.join(folders.clone(), "package.json"), "utf8"));
	const version =
		typeof packageJson === "object" && packageJson !== null && "version" in packageJson
			? String(packageJson.version)
			: "unknown";
	return {
		version: RECORD_VERSION,
		id: `${stampOf(started)}-${config.name}`,
		fuselab: version,
		config: config.text,
		configPath: config.file,
		startedAt: started.toISOString(),
		finishedAt: null,
		interrupted: false,
		host: {
			kernel: os.release(),
			cpus: os.availableParallelism(),
			memoryMiB: Math.round(os.totalmem() / 1024 ** 2),
			node: process.version,
			qemu: await qemuVersion(interrupt.signal),
			virtmeNg: bench.virtme.version,
		},
		machine: { ...config.machine, chosen: "none", why: "no kernel was booted" },
		kernels: [],
		unbuilt: [],
		planned: plan.cells.map(({ id }) => id),
	};
};

/** A run on disk that cells are being added to. */
export interface OpenRun {
	readonly folder: string;
	readonly id: string;
	/** Build, boot and record as the config says. */
	readonly ports: RunPorts;
	/** Says which cells belong to the run, where that shows only while it runs. */
	plan(ids: readonly string[]): Promise<void>;
	/** How the server of a cell is started. */
	readonly serverOf: (cell: Cell) => ServerSettings;
	/** Writes down that the run has ended. */
	close(): Promise<void>;
}

/** The one of that name makes way: a kernel may be built, or fail, more than once in a run. */
const put = <T extends { readonly name: string }>(known: readonly T[], one: T): readonly T[] => [
	...known.filter(({ name }) => name !== one.name),
	one,
];

/** Makes the run's folder and the ports that lead into it. */
export const openRun = async (config: LabConfig, plan: Plan, view: View): Promise<OpenRun> => {
	const { signal } = interrupt;
	const { server, libfuse, cases, xfstests } = config;
	const bench = await prepareBench(signal, view.stage, { server: server.build, libfuse, cases, xfstests });
	let record = await startRecord(config, plan, bench, new Date());
	const { folder, id } = await createRun(await ensureFolder(folders.runs()), record);
	record = { ...record, id };
	view.onEvent({ kind: "run-start", id, folder, cells: plan.cells.length });
	const boots = new Boots(bench, config.machine, folder, signal);
	const save = async (change: Partial<RunRecord>): Promise<void> => {
		record = { ...record, ...change };
		await writeRun(folder, record);
	};
	const ports: RunPorts = {
		build: async (wish) => await prepareKernel(wish, config.machine, signal, view.stage),
		onBuilt: async (build: KernelBuild) => {
			const { chosen, why } = await boots.machine(build);
			await save({ kernels: put(record.kernels, build), machine: { ...config.machine, chosen, why } });
		},
		onUnbuilt: async (fault) => await save({ unbuilt: put(record.unbuilt, fault) }),
		launch: async (build, name, cpus) => await boots.boot(build, name, cpus),
		slowness: () => boots.slowness,
		findTrouble: (text) => markKnown(findTrouble(text), config.allow),
		findStuck,
		checkTimeoutMs,
		write: async (cell, texts) => {
			const build = record.kernels.find(({ name }) => name === cell.cell.kernel);
			const findings =
				build?.debugImage === undefined ? cell.findings : await decodeStacks(cell.findings, build.debugImage, signal);
			return await writeCell(folder, { ...cell, findings }, texts);
		},
		onEvent: view.onEvent,
	};
	return {
		folder,
		id,
		ports,
		plan: async (ids) => await save({ planned: ids }),
		serverOf: (cell) => ({
			...config.server,
			libfuse: bench.libfuse,
			...(bench.xfstests === undefined ? {} : { xfstests: bench.xfstests }),
			...dishonestyFor(config, cell),
		}),
		close: async () => {
			await save({ finishedAt: new Date().toISOString(), interrupted: signal.aborted });
			view.onEvent({ kind: "run-end", folder });
		},
	};
};

/** Executes a config; gives the run's folder. Records are on disk as soon as they are won. */
export const executeConfig = async (
	config: LabConfig,
	view: View,
	options: Pick<RunOptions, "only" | "times" | "guests" | "built">,
): Promise<string> => {
	const plan = planOf(options.times === undefined ? config : { ...config, repeat: options.times }, options.only);
	const run = await openRun(config, plan, view);
	const durations = await openDurations(config.machine);
	const context: PlanContext = {
		...{ kernels: config.kernels, serverOf: run.serverOf, signal: interrupt.signal },
		guests: config.machine.kind === "host" ? 1 : (options.guests ?? guestsThatFit(config.machine)),
		secondsOf: durations.secondsOf,
		wantsFresh: ({ work }) =>
			work.kind === "check" && CASES.find(({ name }) => name === work.name)?.needs?.includes("fresh") === true,
	};
	const write: RunPorts["write"] = async (record, texts) => {
		durations.learn(record);
		return await run.ports.write(record, texts);
	};
	const { built } = options;
	const ports = { ...run.ports, ...(built === undefined ? {} : { build: async () => built }), write };
	try {
		await runPlan(plan, context, ports);
		await durations.save();
	} catch (error) {
		view.line(`The run ends early; what is known is kept: \`fuselab report ${run.id}\`.`);
		throw error;
	} finally {
		await run.close();
	}
	return run.folder;
};

/** Prints what the archive of a run says; gives the exit status that belongs to it. */
export const printReport = async (folder: string, json: boolean): Promise<number> => {
	const archived = await readRun(folder);
	const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
	process.stdout.write(
		json ? `${JSON.stringify(toJson(archived), null, "\t")}\n` : renderReport(archived, { colour, folder }),
	);
	return exitStatusOfRun(archived);
};

/** Runs a config and prints the report; gives the exit status. */
export const runCommand = async (config: LabConfig, options: RunOptions): Promise<number> => {
	const view = openView();
	let folder: string;
	try {
		folder = await executeConfig(config, view, options);
	} finally {
		view.close();
	}
	const status = await printReport(folder, options.json);
	process.stderr.write(`Records: ${folder}\n`);
	await options.afterwards?.(folder);
	const reason = interrupt.received();
	if (reason !== undefined) return reason === "SIGTERM" ? EXIT.sigterm : EXIT.sigint;
	return status;
};
