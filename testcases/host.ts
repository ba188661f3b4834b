/** The case host: runs cases one after the other, as ordered over its IPC channel. */
import { mkdir } from "node:fs/promises";
import type { CaseOrder, CaseReport, EndExpected, Lab, MemlockTried, ServerAnswer, ServerStopped } from "./case.ts";
import { CASES } from "./catalogue.ts";
import { runProgram } from "./lib/run-program.ts";
import { runCase } from "./run-case.ts";

/** Resolves when the agent has the message: `exit` right after a send would lose it. */
const send = async (report: CaseReport): Promise<void> =>
	await new Promise((resolve) => {
		process.send?.(report, undefined, {}, () => resolve());
	});

type AgentMessage = CaseOrder | ServerStopped | ServerAnswer | EndExpected | MemlockTried;

/** Asks the agent for something and waits for the answer of that type; one question at a time. */
const ask = async <T extends Exclude<AgentMessage["type"], "run">>(
	report: CaseReport,
	answer: T,
): Promise<Extract<AgentMessage, { type: T }>> =>
	await new Promise((resolve) => {
		const listen = (message: AgentMessage): void => {
			if (message.type !== answer) return;
			process.off("message", listen);
			resolve(message as Extract<AgentMessage, { type: T }>);
		};
		process.on("message", listen);
		void send(report);
	});

const stopServer: Lab["stopServer"] = async () => {
	const { type: _, ...stopped } = await ask({ type: "stop-server" }, "server-stopped");
	return stopped;
};

const askServer: Lab["askServer"] = async (request) =>
	(await ask({ type: "ask-server", request }, "server-answer")).answer;

const expectServerEnd: Lab["expectServerEnd"] = async (end) =>
	void (await ask({ type: "expect-server-end", end }, "end-expected"));

const tryMemlock: Lab["tryMemlock"] = async (trial) => {
	const { outcome } = await ask({ type: "try-memlock", trial }, "memlock-tried");
	if (typeof outcome === "string") throw new Error(outcome);
	return outcome;
};

const labOf = ({ lab, timeoutMs }: CaseOrder): Lab => ({
	...lab,
	run: async (command, args) => await runProgram(command, args, timeoutMs),
	stopServer,
	askServer,
	expectServerEnd,
	tryMemlock,
});

const obey = async (order: CaseOrder): Promise<void> => {
	const sendLine = (line: string): void => void send({ type: "tap", line });
	let overran = false;
	try {
		const testCase = CASES.find(({ name }) => name === order.name);
		if (testCase === undefined) throw new Error(`there is no case named ${order.name}`);
		await mkdir(order.lab.mount, { recursive: true });
		overran = await runCase(testCase, labOf(order), order.timeoutMs, sendLine);
	} catch (error) {
		const sentence = error instanceof Error ? error.message : String(error);
		sendLine(`Bail out! ${sentence.replaceAll(/\s+/g, " ")}`);
	}
	await send({ type: "done", overran });
	// What overran is still running in here and could spoil the next case. A normal exit would wait for its threads.
	if (overran) process.kill(process.pid, "SIGKILL");
};

if (process.send === undefined) {
	process.stderr.write("The case host is started by the guest's agent, with an IPC channel.\n");
	process.exit(64);
}
process.on("message", (message: AgentMessage) => {
	if (message.type === "run") void obey(message);
});
process.on("disconnect", () => process.exit(0));
await send({ type: "ready", cases: CASES.map(({ name }) => name) });
