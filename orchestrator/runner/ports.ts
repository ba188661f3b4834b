/** What the runner needs of the other rooms; it sees nothing else of them. */
import type { FigureJob } from "../domain/cell.ts";
import type { GuestMessage, HostMessage } from "../domain/channel.ts";
import type { KernelBuild, KernelFault, KernelWish } from "../domain/kernel.ts";
import type { CellRecord, RunEvent } from "../domain/run.ts";
import type { KernelFinding, StuckTask } from "../domain/verdict.ts";

export type CellOrder = Extract<HostMessage, { type: "cell" }>;
export type CellEnd = Extract<GuestMessage, { type: "cell-end" }>;

export interface GuestPort extends AsyncDisposable {
	readonly ended: boolean;
	/** Why the host has ended it; undefined when it has not. */
	readonly whyEnded: string | undefined;
	readonly hello: Extract<GuestMessage, { type: "hello" }>;
	run(
		order: CellOrder,
		limits: { readonly firstMs: number; readonly totalMs: number },
		signal: AbortSignal,
		onMessage: (message: GuestMessage) => void,
	): Promise<CellEnd | undefined>;
	/** Console text from that byte on, bounded, and the byte up to which it goes. */
	console(from: number): Promise<{ readonly text: string; readonly to: number }>;
	settle(timeoutMs: number): Promise<void>;
	/** Makes a silent guest's kernel tell where it is, which ends the guest. */
	accuse(): void;
}

/** Texts that belong to one cell; the archive gives them file names. */
export interface CellTexts {
	readonly tap?: string;
	readonly kernelLog?: string;
	readonly serverLog?: string;
	readonly fio?: string;
	readonly hang?: string;
}

export interface RunPorts {
	build(wish: KernelWish): Promise<KernelBuild>;
	/** Called with each finished build, before any boot of it. */
	onBuilt(build: KernelBuild): Promise<void>;
	/** Called with each kernel that could not be had by its own fault. */
	onUnbuilt(fault: KernelFault): Promise<void>;
	/** Boots the build; `name` is the boot's folder below the run. Without `cpus` the machine has as many as the config's. */
	launch(build: KernelBuild, name: string, cpus?: number): Promise<GuestPort>;
	/** Multiplies every deadline in the guest. */
	slowness(): number;
	findTrouble(text: string): readonly KernelFinding[];
	/** Who waits or spins where, by what a kernel tells of itself when it is asked. */
	findStuck(text: string): readonly StuckTask[];
	/** Milliseconds a check may take on a machine of ordinary speed. */
	checkTimeoutMs(name: string): number;
	write(record: CellRecord, texts: CellTexts): Promise<CellRecord>;
	onEvent(event: RunEvent): void;
}

/** Milliseconds the work of a cell may take. */
export const workTimeoutMs = (
	work: { kind: "check"; name: string } | { kind: "figure"; job: FigureJob },
	ports: RunPorts,
): number => (work.kind === "check" ? ports.checkTimeoutMs(work.name) : work.job.timeoutMs) * ports.slowness();
