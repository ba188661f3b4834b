/** The case host: runs cases one after the other, as ordered over its IPC channel. */
import { mkdir } from "node:fs/promises";
import type { CaseOrder, CaseReport, Lab, ServerStopped } from "./case.ts";
import { CASES } from "./catalogue.ts";
import { runProgram } from "./lib/run-program.ts";
import { runCase } from "./run-case.ts";

/** Resolves when the agent has the message: `exit` right after a send would lose it. */
const send = async (report: CaseReport): Promise<void> =>
	await new Promise((resolve) => {
		process.send?.(report, undefined, {}, () => resolve());
	});

const stopServer: Lab["stopServer"] = async () =>
	await new Promise((resolve) => {
		const listen = (message: CaseOrder | ServerStopped): void => {
			if (message.type !== "server-stopped") return;
			process.off("message", listen);
			const { type: _, ...stopped } = message;
			resolve(stopped);
		};
		process.on("message", listen);
		void send({ type: "stop-server" });
	});

const labOf = ({ lab, timeoutMs }: CaseOrder): Lab => ({
	...lab,
	run: async (command, args) => await runProgram(command, args, timeoutMs),
	stopServer,
});

const obey = async (order: CaseOrder): Promise<void> => {
	const sendLine = (line: string): void => void send({ type: "tap", line });
	let timedOut = false;
	try {
		const testCase = CASES.find(({ name }) => name === order.name);
		if (testCase === undefined) throw new Error(`there is no case named ${order.name}`);
		await mkdir(order.lab.mount, { recursive: true });
		timedOut = await runCase(testCase, labOf(order), order.timeoutMs, sendLine);
	} catch (error) {
		const sentence = error instanceof Error ? error.message : String(error);
		sendLine(`Bail out! ${sentence.replaceAll(/\s+/g, " ")}`);
	}
	await send({ type: "done" });
	// What overran is still running in here and could spoil the next case. A normal exit would wait for its threads.
	if (timedOut) process.kill(process.pid, "SIGKILL");
};

if (process.send === undefined) {
	process.stderr.write("The case host is started by the guest's agent, with an IPC channel.\n");
	process.exit(64);
}
process.on("message", (message: CaseOrder | ServerStopped) => {
	if (message.type === "run") void obey(message);
});
process.on("disconnect", () => process.exit(0));
await send({ type: "ready", cases: CASES.map(({ name }) => name) });
