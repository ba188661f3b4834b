import type { JobSet, MachineSpec, Mode, Store } from "./cell.ts";
import type { ServerSettings } from "./channel.ts";
import type { KernelWish } from "./kernel.ts";

/** What a config file asks for, complete: defaults are filled in and every path is absolute. */
export interface LabConfig {
	/** Absolute path of the file it was read from. */
	readonly file: string;
	/** The file's text as it was read; recorded with each run. */
	readonly text: string;
	readonly name: string;
	readonly kernels: readonly KernelWish[];
	readonly machine: MachineSpec;
	/** Numbers of vCPUs, one boot each; `machine.cpus` is the first. */
	readonly cpus: readonly number[];
	readonly modes: readonly Mode[];
	readonly stores: readonly Store[];
	readonly server: ServerSettings;
	/** Names of the cases that were asked for, globs resolved, in the order of the known cases. */
	readonly cases: readonly string[];
	readonly figures: JobSet | "none";
	/** How often each cell runs. */
	readonly repeat: number;
}
