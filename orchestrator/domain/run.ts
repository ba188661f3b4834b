import type { Cell, MachineSpec } from "./cell.ts";
import type { Figure } from "./figure.ts";
import type { KernelBuild, KernelFault } from "./kernel.ts";
import type { KernelFinding, StuckTask, TapSummary, TransportProof, Verdict } from "./verdict.ts";

/** Version of the JSON shapes on disk and of `--json`; raised when a field changes its meaning. */
export const RECORD_VERSION = 1;

/** Facts about the host that a reader needs to weigh a figure. */
export interface HostFacts {
	readonly kernel: string;
	readonly cpus: number;
	readonly memoryMiB: number;
	readonly node: string;
	readonly qemu: string;
	readonly virtmeNg: string;
}

/** run.json: one execution of a plan. */
export interface RunRecord {
	readonly version: typeof RECORD_VERSION;
	/** Name of the run folder, e.g. `20261123-101500-quick`. */
	readonly id: string;
	readonly fuselab: string;
	/** Text of the config as it was read. */
	readonly config: string;
	readonly configPath: string;
	readonly startedAt: string;
	readonly finishedAt: string | null;
	readonly interrupted: boolean;
	readonly host: HostFacts;
	readonly machine: MachineSpec & { readonly chosen: string; readonly why: string };
	readonly kernels: readonly KernelBuild[];
	/** Kernels that could not be had, by their own fault. */
	readonly unbuilt: readonly KernelFault[];
	/** Every cell of the plan, so that a reader sees what never ran. */
	readonly planned: readonly string[];
}

/** cells/<id>.json: one cell. Paths are relative to the run folder. */
export interface CellRecord {
	readonly version: typeof RECORD_VERSION;
	readonly cell: Cell;
	readonly verdict: Verdict;
	readonly proof: TransportProof | null;
	readonly tap: TapSummary | null;
	readonly figures: readonly Figure[];
	readonly findings: readonly KernelFinding[];
	/** Who was stuck where when the cell hung; absent when none did. */
	readonly stuck?: readonly StuckTask[];
	readonly seconds: number;
	readonly boot: string | null;
	/** Id of the cell that was run instead, on another rung with the very same image. */
	readonly sharedWith?: string;
	readonly files: {
		readonly console?: string;
		readonly command?: string;
		readonly kernelLog?: string;
		readonly serverLog?: string;
		readonly tap?: string;
		readonly fio?: string;
		readonly hang?: string;
		readonly log?: string;
	};
}

/** A run as read back from its folder. */
export interface ArchivedRun {
	/** Absolute path of the run folder. */
	readonly folder: string;
	readonly run: RunRecord;
	/** In the order of the plan. */
	readonly cells: readonly CellRecord[];
	/** Records that are there and cannot be understood; file names are relative to the run folder. */
	readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
}

/** The stream that the live view, plain log and tests read. */
export type RunEvent =
	| { readonly kind: "run-start"; readonly id: string; readonly folder: string; readonly cells: number }
	| { readonly kind: "stage"; readonly text: string; readonly log?: string }
	| { readonly kind: "build-start"; readonly kernel: string }
	| { readonly kind: "build-end"; readonly kernel: string; readonly seconds: number; readonly fromCache: boolean }
	| { readonly kind: "build-failed"; readonly kernel: string; readonly detail: string }
	| { readonly kind: "boot-start"; readonly kernel: string; readonly machine: string }
	| { readonly kind: "boot-end"; readonly seconds: number; readonly kernelRelease: string }
	| { readonly kind: "cell-start"; readonly cell: Cell; readonly number: number }
	| { readonly kind: "cell-end"; readonly record: CellRecord; readonly number: number }
	| { readonly kind: "run-end"; readonly folder: string };
