/** One cell on one guest: orders it, gathers the evidence, judges. Faults of the subject never leave this file as errors. */
import type { Cell } from "../domain/cell.ts";
import type { ServerSettings } from "../domain/channel.ts";
import { AROUND_WORK_MS, LOOK_MS } from "../domain/deadline.ts";
import type { Figure } from "../domain/figure.ts";
import { type CellRecord, RECORD_VERSION } from "../domain/run.ts";
import { distinctTrouble } from "../domain/trouble.ts";
import type { KernelFinding, StuckTask, TapSummary, TransportProof } from "../domain/verdict.ts";
import { figuresIn } from "../figures/fio.ts";
import { readTap } from "../tap/read-tap.ts";
import { judge } from "./judge.ts";
import { type CellEnd, type CellTexts, type GuestPort, type RunPorts, workTimeoutMs } from "./ports.ts";

/** A guest that stopped talking gets this long to finish printing its panic. */
const LAST_WORDS_MS = 3_000;
const MAX_LINES = 200_000;
/** How many of the agent's last messages tell where it was when it fell silent. */
const LAST_MESSAGES = 20;

export interface CellRun {
	readonly record: CellRecord;
	/** True when the guest can carry another cell. */
	readonly guestUsable: boolean;
	/** Bytes of the console that have been looked at. */
	readonly consoleTo: number;
}

const proofOf = (cell: Cell, end: CellEnd | undefined): TransportProof | null =>
	end === undefined || end.unsupported !== null ? null : { asked: cell.mode, ...end.proof };

/** After these a kernel is not what it was, even where the allow list knows them. */
const RUINS: ReadonlySet<KernelFinding["kind"]> = new Set(["panic", "oops", "lockup", "hung-task"]);

const leavesUsable = ({ kind, allowed }: KernelFinding): boolean => allowed !== undefined && !RUINS.has(kind);

const figuresOf = (cell: Cell, end: CellEnd | undefined): readonly Figure[] =>
	cell.work.kind === "figure" ? figuresIn(end?.fioReports ?? [], cell.work.job) : [];

/** Who sits where in the kernel, as the end of a sentence. */
const whereOf = ([first]: readonly StuckTask[] = []): string =>
	first === undefined ? "" : `; ${first.name} (pid ${first.pid}) is ${first.state} in ${first.stack[0]}`;

/** What init said last, as the end of a sentence: it says why it powers off. */
const initsWord = (console: string): string => {
	const word = [...console.matchAll(/^fuselab-init: (.+)$/gm)].at(-1)?.[1];
	return word === undefined ? "" : ` (${word})`;
};

/** What went wrong in the lab; null when nothing did. */
const whyLab = (seen: {
	readonly answered: boolean;
	readonly silent: boolean;
	readonly guest: GuestPort;
	readonly stuck: readonly StuckTask[] | undefined;
	readonly consoleText: string;
}): string | null => {
	if (seen.answered) return null;
	if (seen.silent) return `the guest's agent fell silent${whereOf(seen.stuck)}`;
	return seen.guest.whyEnded ?? `the guest ended in the middle of the cell${initsWord(seen.consoleText)}`;
};

/** All that can be had of a guest which says nothing any more: it is ended by the question. */
const accuse = async (guest: GuestPort, since: number, lastMessages: readonly string[]): Promise<string> => {
	guest.accuse();
	await guest.settle(LAST_WORDS_MS);
	const { text } = await guest.console(since);
	return `The agent fell silent.\n\nits last messages\n${lastMessages.join("\n")}\n\nconsole\n${text}`;
};

/** Where a cell runs. */
export interface Place {
	readonly guest: GuestPort;
	/** The boot's name for the record. */
	readonly boot: string;
	/** Bytes of the console that were looked at before; what is there since the last cell, a boot for one, is this cell's. */
	readonly consoleFrom: number;
}

/** Runs a cell on a guest. */
export const runCell = async (
	cell: Cell,
	server: ServerSettings,
	{ guest, boot, consoleFrom }: Place,
	ports: RunPorts,
	signal: AbortSignal,
): Promise<CellRun> => {
	const started = performance.now();
	const tapLines: string[] = [];
	const serverLog: string[] = [];
	const timeoutMs = workTimeoutMs(cell.work, ports);
	const slowness = ports.slowness();
	const lastMessages: string[] = [];
	let end: CellEnd | undefined;
	let interrupted = false;
	try {
		end = await guest.run(
			{
				type: "cell",
				id: cell.id,
				server: { mode: cell.mode, store: cell.store, ...server },
				work: cell.work,
				timeoutMs,
				slowness,
			},
			{ firstMs: LOOK_MS * slowness, totalMs: timeoutMs + (AROUND_WORK_MS + LOOK_MS) * slowness },
			signal,
			(message) => {
				lastMessages.push(JSON.stringify(message).slice(0, 500));
				if (lastMessages.length > LAST_MESSAGES) lastMessages.shift();
				if (message.type === "tap" && tapLines.length < MAX_LINES) tapLines.push(message.line);
				if (message.type === "server-log" && serverLog.length < MAX_LINES) serverLog.push(message.line);
			},
		);
	} catch (error) {
		if (!signal.aborted) throw error;
		interrupted = true;
	}
	if (end === undefined && !interrupted) await guest.settle(LAST_WORDS_MS);
	const seen = await guest.console(consoleFrom);
	const consoleText = seen.text;
	const silent = end === undefined && !interrupted && !guest.ended;
	const hang = silent ? await accuse(guest, consoleFrom, lastMessages) : (end?.hang ?? null);
	const stuck = hang === null ? undefined : ports.findStuck(`${hang}\n${end?.kernelLog ?? ""}`);
	const findings = distinctTrouble([...ports.findTrouble(end?.kernelLog ?? ""), ...ports.findTrouble(consoleText)]);
	const tap: TapSummary | null = cell.work.kind === "check" && tapLines.length > 0 ? readTap(tapLines) : null;
	const figures = figuresOf(cell, end);
	const labFault = whyLab({ answered: end !== undefined || interrupted, silent, guest, stuck, consoleText });
	const record: CellRecord = {
		version: RECORD_VERSION,
		cell,
		verdict: judge({ cell, interrupted, labFault, findings, end: end ?? null, tap, figures }),
		proof: proofOf(cell, end),
		tap,
		figures,
		findings,
		...(stuck === undefined ? {} : { stuck }),
		seconds: (performance.now() - started) / 1000,
		boot,
		files: { console: `boots/${boot}/console.log`, command: `boots/${boot}/command.sh` },
	};
	const texts: CellTexts = {
		...(tapLines.length > 0 ? { tap: `${tapLines.join("\n")}\n` } : {}),
		...(serverLog.length > 0 ? { serverLog: `${serverLog.join("\n")}\n` } : {}),
		kernelLog: end?.kernelLog ?? consoleText,
		...(hang === null ? {} : { hang }),
		...(end?.fioReports.length ? { fio: `${end.fioReports.join("\n")}\n` } : {}),
	};
	const guestUsable =
		end !== undefined && !end.timedOut && findings.every(leavesUsable) && end.stage !== "teardown" && !guest.ended;
	return { record: await ports.write(record, texts), guestUsable, consoleTo: seen.to };
};
