/** The process that runs cases: one for many cells, replaced after it hung or died. */
import { type ChildProcess, fork } from "node:child_process";
import type { ProcessEnd } from "../../orchestrator/domain/channel.ts";
import type { ServerRequest } from "../../orchestrator/domain/server-message.ts";
import type {
	CaseOrder,
	CaseReport,
	CaseTrial,
	MemlockTried,
	ServerAnswer,
	ServerStopped,
} from "../../testcases/case.ts";

/** Of the first start, before anybody has told the agent how slow the machine is. */
export const START_MS = 90_000;

/** In milliseconds on this machine. */
export interface CaseDeadlines {
	readonly start: number;
	/** What the case host gets beyond the case's own time. */
	readonly grace: number;
}

export interface CaseOutcome {
	readonly timedOut: boolean;
	/** Exit status when the process died before it was done. */
	readonly died: string | null;
}

let current: ChildProcess | null = null;
let starting: Promise<ChildProcess> | null = null;

const start = async (timeoutMs: number): Promise<ChildProcess> => {
	const child = fork(`${process.env.FUSELAB_LAB}/cases.mjs`, [], {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
		detached: true,
	});
	await new Promise<void>((resolve, reject) => {
		const timer = setTimeout(
			() => reject(new Error(`the case process did not start within ${timeoutMs / 1000} s`)),
			timeoutMs,
		);
		child.once("message", () => {
			clearTimeout(timer);
			resolve();
		});
		child.once("exit", (code) => {
			clearTimeout(timer);
			reject(new Error(`the case process ended with status ${code} before it was ready`));
		});
	});
	return child;
};

/** Ends the process; a case that sits in the kernel cannot be waited for. */
export const discardCaseProcess = (): void => {
	current?.kill("SIGKILL");
	current = null;
};

/** Gives the process, starting it when there is none; called ahead of the first case, its start-up costs no case time. */
export const caseProcess = async (timeoutMs: number): Promise<ChildProcess> => {
	if (current !== null && current.exitCode === null && current.signalCode === null && current.connected) return current;
	starting ??= start(timeoutMs).finally(() => {
		starting = null;
	});
	current = await starting;
	return current;
};

/** What a case may ask of the agent. */
export interface CaseServices {
	stop(): Promise<Omit<ServerStopped, "type">>;
	expectEnd(end: ProcessEnd): Promise<void>;
	tryMemlock(trial: CaseTrial): Promise<MemlockTried["outcome"]>;
	ask(request: ServerRequest): Promise<ServerAnswer["answer"]>;
}

/** Runs one case; TAP lines go to `onTap`. */
export const runCase = async (
	order: CaseOrder,
	onTap: (line: string) => void,
	services: CaseServices,
	deadlines: CaseDeadlines,
): Promise<CaseOutcome> => {
	const child = await caseProcess(deadlines.start);
	const outcome = await new Promise<CaseOutcome>((resolve) => {
		// The case host has its own bound of the same length; ours only catches a host that is stuck itself.
		const timer = setTimeout(() => resolve({ timedOut: true, died: null }), order.timeoutMs + deadlines.grace);
		const finish = (result: CaseOutcome): void => {
			clearTimeout(timer);
			resolve(result);
		};
		child.on("message", (report: CaseReport) => {
			switch (report.type) {
				case "tap":
					onTap(report.line);
					break;
				case "stop-server":
					void services.stop().then((stopped) => child.send({ type: "server-stopped", ...stopped }));
					break;
				case "ask-server":
					void services.ask(report.request).then((answer) => child.send({ type: "server-answer", answer }));
					break;
				case "expect-server-end":
					void services.expectEnd(report.end).then(() => child.send({ type: "end-expected" }));
					break;
				case "try-memlock":
					void services.tryMemlock(report.trial).then((outcome) => child.send({ type: "memlock-tried", outcome }));
					break;
				case "done":
					finish({ timedOut: report.overran, died: null });
					break;
				case "ready":
					break;
			}
		});
		child.once("exit", (code, signal) => finish({ timedOut: false, died: signal ?? `status ${code}` }));
		child.send(order);
	});
	child.removeAllListeners("message");
	child.removeAllListeners("exit");
	if (outcome.timedOut || outcome.died !== null) discardCaseProcess();
	return outcome;
};
