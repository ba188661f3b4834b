/** One cell in the guest: store, server, work, witnesses, teardown; always answers with `cell-end`. */
import { mkdirSync } from "node:fs";
import type { FigureJob } from "../../orchestrator/domain/cell.ts";
import type { GuestMessage, HostMessage } from "../../orchestrator/domain/channel.ts";
import { DEADLINE_MS, type Deadline, LOOK_MS, PART_MS, type Part } from "../../orchestrator/domain/deadline.ts";
import type { ServerReady } from "../../orchestrator/domain/server-message.ts";
import { discardCaseProcess, runCase } from "./case-process.ts";
import { armInit, disarmInit, lookAtHang } from "./hang.ts";
import { kernelLogOfCell, markKernelLog } from "./kernel-log.ts";
import { findLeaks, forgetLeaks, looksForLeaks } from "./leaks.ts";
import { runTrial } from "./memlock/trial.ts";
import { Server } from "./server.ts";
import { MOUNT } from "./server-command.ts";
import { connectionOf } from "./server-process.ts";
import { runBounded } from "./spawn.ts";
import { prepareStore } from "./store.ts";
import { type Proof, prove, readWitness, type Witness } from "./transport-proof.ts";

type CellOrder = Extract<HostMessage, { type: "cell" }>;
type CellEnd = Extract<GuestMessage, { type: "cell-end" }>;
type Send = (message: GuestMessage) => void;

interface WorkResult {
	readonly timedOut: boolean;
	readonly exitCode: number | null;
	readonly error: string | null;
	readonly fioReports: readonly string[];
}

const runFigure = async (job: FigureJob, timeoutMs: number): Promise<WorkResult> => {
	const directory = `${MOUNT}/fio`;
	mkdirSync(directory, { recursive: true });
	const args = [
		`--name=${job.name.replaceAll("/", "-")}`,
		`--directory=${directory}`,
		`--rw=${job.rw}`,
		`--direct=${job.direct ? 1 : 0}`,
		...job.args,
		"--output-format=json",
	];
	const end = performance.now() + timeoutMs;
	const fioReports: string[] = [];
	for (let turn = -job.warmups; turn < job.samples; turn += 1) {
		const ended = await runBounded("fio", args, Math.max(1, end - performance.now()));
		if (turn >= 0) fioReports.push(ended.stdout);
		const { timedOut, exitCode, signal, stderr } = ended;
		if (timedOut || exitCode !== 0) {
			const why = stderr.trim().slice(-400) || signal || `status ${exitCode}`;
			return { timedOut, exitCode, error: `fio: ${why}`, fioReports };
		}
	}
	return { timedOut: false, exitCode: 0, error: null, fioReports };
};

/** Stores are served from a folder of their own, so that `lost+found` is not part of what the server shows. */
const sourceIn = (store: string): string => {
	const source = `${store}/served`;
	mkdirSync(source, { recursive: true });
	return source;
};

const runWork = async (
	order: CellOrder,
	server: Server,
	source: string,
	send: Send,
	seen: () => Promise<void>,
): Promise<WorkResult> => {
	if (order.work.kind === "figure") return await runFigure(order.work.job, order.timeoutMs);
	const { name } = order.work;
	const limit = limitOf(order);
	for (const fault of order.server.faults ?? [])
		if ((await server.control?.ask(fault, limit("answer")))?.type !== "done")
			throw new Error(`the server did not take the fault ${fault.fault}`);
	const folder = name.replaceAll("/", "-");
	const outcome = await runCase(
		{
			type: "run",
			name,
			timeoutMs: order.timeoutMs,
			lab: {
				mode: order.server.mode,
				store: order.server.store,
				mount: `${MOUNT}/${folder}`,
				behind: `${source}/${folder}`,
				mountRoot: MOUNT,
				maxWrite: server.maxWrite,
				seed: Number(/#(\d+)$/.exec(order.id)?.[1] ?? 1),
				server: server.ready,
				lies: order.server.lies,
				xfstests: order.server.xfstests ?? null,
			},
		},
		(line) => send({ type: "tap", id: order.id, line }),
		{
			stop: async () => {
				// The counters go away with the connection: the witness is read first.
				await seen();
				return await server.stop(limit("stop"));
			},
			expectEnd: async (end) => {
				await seen();
				server.expectEnd(end);
			},
			tryMemlock: async ({ server: { mode, depth, options }, ...trial }) => {
				const { build, libfuse } = order.server;
				return await runTrial({ ...trial, server: { mode, depth, options, build, libfuse } }).catch(messageOf);
			},
			ask: async (request) => (await server.control?.ask(request, limit("answer"))) ?? null,
		},
		{ start: limit("caseProcess"), grace: limit("answer") },
	);
	return {
		timedOut: outcome.timedOut,
		exitCode: null,
		error: outcome.died === null ? null : `the case process died (${outcome.died})`,
		fioReports: [],
	};
};

/** What a stage of this cell may take here, in milliseconds. */
const limitOf =
	({ slowness }: CellOrder) =>
	(deadline: Deadline): number =>
		DEADLINE_MS[deadline] * slowness;

/** Says that a part begins; when it is overdue, init looks first, and then the host gives the guest up. */
const beginPart =
	({ id, slowness, timeoutMs }: CellOrder, send: Send) =>
	(part: Part): void => {
		const limitMs = PART_MS[part] * slowness + (part === "work" ? timeoutMs : 0);
		armInit(limitMs);
		send({ type: "part", id, part, limitMs: limitMs + LOOK_MS * slowness });
	};

/** Whoever overruns is killed then, so a look is taken just before. */
const LOOK_AT_SHARE = 0.95;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A person waits, and sees how it goes. */
const FOR_A_SHELL_MS = 120_000;

/** Starts a server and leaves it mounted until the guest ends. */
export const serve = async (order: CellOrder["server"], send: Send): Promise<void> => {
	try {
		await Server.start(order, sourceIn(await prepareStore(order.store, FOR_A_SHELL_MS)), () => undefined, {
			timeoutMs: FOR_A_SHELL_MS,
			endMs: FOR_A_SHELL_MS,
		});
		send({ type: "serving", mount: MOUNT, error: null });
	} catch (error) {
		send({ type: "serving", mount: MOUNT, error: messageOf(error) });
	}
};

/** The kernel's own answer why it cannot carry the mode; null when it can, or should. */
const whyUnsupported = (order: CellOrder["server"], ready: ServerReady | null): string | null => {
	if (ready === null || ready.got === ready.asked) return null;
	if (ready.unsupported) return ready.why;
	// The privilege is what the mode is about; a user without it is refused, and rightly.
	const refused = order.user === "unprivileged" && /zerocopy$/.test(order.mode) && ready.why.endsWith("EPERM");
	return refused ? `${ready.why}, as the server has no CAP_SYS_ADMIN` : null;
};

/** Runs one ordered cell. Never throws: what failed is said in the message. */
export const runCell = async (order: CellOrder, send: Send): Promise<void> => {
	const started = performance.now();
	const limit = limitOf(order);
	send({ type: "cell-start", id: order.id });
	markKernelLog(order.id);
	const begin = beginPart(order, send);
	begin("store");
	let hang: string | null = null;
	const look = (why: string): void => {
		hang ??= lookAtHang(why);
	};
	let stage: CellEnd["stage"] = "store";
	let error: string | null = null;
	let work: WorkResult = { timedOut: false, exitCode: null, error: null, fioReports: [] };
	let server: Server | null = null;
	let unsupported: string | null = null;
	let proof: Proof = { found: "unproven", witness: "none", detail: "the server never served" };
	try {
		// The kernel has said how many it found, which is not the cell's.
		if (looksForLeaks && (await forgetLeaks())) markKernelLog(order.id);
		const source = sourceIn(await prepareStore(order.server.store, limit("store")));
		stage = "server-start";
		begin("server-start");
		server = await Server.start(
			order.server,
			source,
			(line) => send({ type: "server-log", id: order.id, line }),
			{ timeoutMs: limit("serverReady"), endMs: limit("destroy") },
			() => look(`The server did not serve within ${limit("serverReady") / 1000} s.`),
		);
		proof = { ...proof, detail: "the server ended before its witnesses could be read" };
		const served = server;
		unsupported = whyUnsupported(order.server, served.ready);
		if (unsupported === null) {
			const before = await readWitness(served, limit("answer"));
			let after: Witness | null = null;
			const see = async (): Promise<void> => {
				after ??= await readWitness(served, limit("answer"));
			};
			stage = "work";
			begin("work");
			const lookMs = order.timeoutMs * LOOK_AT_SHARE;
			const looking = setTimeout(() => look(`The work was not done after ${lookMs / 1000} s.`), lookMs);
			work = await runWork(order, served, source, send, see).finally(() => clearTimeout(looking));
			error = work.error;
			if (served.end === null) await see();
			if (after !== null) proof = prove(before, after, order.server.mode, served.ready);
		}
		if (work.error === null && !work.timedOut) stage = "teardown";
		begin("teardown");
		if (server.end === null && !work.timedOut) {
			const stopped = await server.stop(limit("stop"));
			if (stopped.stillMounted || !stopped.ended)
				look(`The server was not gone ${limit("stop") / 1000} s after umount.`);
			if (stopped.stillMounted)
				error ??= `umount ended with status ${stopped.umountStatus} and the mount is still there`;
		}
		if (error === null && !work.timedOut) stage = "done";
	} catch (failure) {
		error = messageOf(failure);
		// A guest with a mount that nobody serves gets no other cell.
		if (server === null && connectionOf(MOUNT) !== null) stage = "teardown";
	}
	if (server !== null && !(await server.destroy(limit("destroy")))) {
		stage = "teardown";
		look("The server or its mount could not be removed.");
		error ??= "the server or its mount could not be removed";
		discardCaseProcess();
	}
	let leaks = "";
	if (looksForLeaks && stage === "done") {
		begin("leaks");
		// Old pointers on the stacks of its threads would hide what is lost.
		discardCaseProcess();
		leaks = await findLeaks();
	}
	disarmInit();
	send({
		type: "cell-end",
		id: order.id,
		stage,
		error,
		timedOut: work.timedOut,
		exitCode: work.exitCode,
		server: server?.end ?? null,
		unsupported,
		proof,
		fioReports: work.fioReports,
		kernelLog: kernelLogOfCell() + leaks,
		hang,
		seconds: (performance.now() - started) / 1000,
	});
};
