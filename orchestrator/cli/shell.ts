/** `fuselab shell CONFIG|RUN/CELL`: a terminal in a guest, the server mounted. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Cell, MachineKind } from "../domain/cell.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { ownPath } from "../host/ledger.ts";
import { chooseMachine } from "../machine/choose.ts";
import { launchShell } from "../machine/shell.ts";
import { disksFor, prepareBench, prepareKernel } from "./prepare.ts";
import { findRecordedCell } from "./recorded-cell.ts";
import { dishonestyFor, planOf, readConfig } from "./run.ts";
import { openView } from "./stage.ts";

interface Wanted {
	readonly config: LabConfig;
	/** Its kernel, mode and store are what the guest gets. */
	readonly cell: Cell;
	readonly built?: KernelBuild | undefined;
}

/** Of a config, the first kernel, the last mode that its machine can carry, and the first store. */
const wantedOf = async (target: string, kind: MachineKind | undefined): Promise<Wanted> => {
	if (!existsSync(target) && !/\.ya?ml$/.test(target)) {
		if (kind !== undefined)
			throw new LabError({ code: "usage", sentence: "A recorded cell has its machine: --machine goes with a config." });
		return await findRecordedCell(target);
	}
	const config = await readConfig(target, kind);
	const { cells, ruledOut } = planOf(config);
	const mode = config.modes.findLast((one) => cells.some((cell) => cell.mode === one));
	const cell = cells.find((one) => one.mode === mode);
	if (cell === undefined)
		throw new LabError({
			code: "config-invalid",
			sentence: `${config.file} has no cell that ${config.machine.kind} can carry.`,
			evidence: ruledOut.slice(0, 5).map(({ id, reason }) => `${id}: ${reason}`),
			hint: "Take another machine (`--machine`), or name another store.",
		});
	return { config, cell };
};

export interface ShellCommandOptions {
	readonly machine?: MachineKind;
	readonly gdb?: boolean;
}

export const shellCommand = async (target: string, options: ShellCommandOptions): Promise<number> => {
	const { config, cell, built } = await wantedOf(target, options.machine);
	const { signal } = interrupt;
	const tell = (line: string): void => {
		process.stderr.write(`${line}\n`);
	};
	const { mode, store } = cell;
	const wish = config.kernels.find(({ name }) => name === cell.kernel);
	if (wish === undefined) throw new TypeError("a plan names a kernel that its config does not");
	const view = openView();
	const bench = await prepareBench(signal, view.stage, { server: config.server.build, libfuse: config.libfuse });
	const build = built ?? (await prepareKernel(wish, config.machine, signal, view.stage));
	const disks = await disksFor(bench, build, signal, view.stage);
	view.close();
	const machine = await chooseMachine(config.machine, build.image, signal);
	tell(`Linux ${build.sourceVersion}, ${machine.chosen} (${machine.why}); server in mode ${mode} on ${store}`);
	tell("at /run/fuselab/mnt as soon as it is ready; `exit` ends the guest.");
	const boots = await ensureFolder(path.join(folders.state(), "shells", String(process.pid)));
	const disown = ownPath(boots);
	try {
		const { virtme, root, lab } = bench;
		const spec = { ...config.machine, cpus: cell.cpus ?? config.machine.cpus };
		const launcher = { virtme, root: root.path, lab: lab.guestPath, spec, machine, boots, ...disks };
		const server = { ...config.server, libfuse: bench.libfuse, ...dishonestyFor(config, cell), mode, store };
		await launchShell(launcher, build, { server, gdb: options.gdb === true, tell }, signal);
	} finally {
		await rm(boots, { recursive: true, force: true });
		disown();
	}
	return EXIT.hoped;
};
