/** The guest's side of the channel: takes one order at a time, answers with what was seen. */
import { constants, createReadStream, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import os from "node:os";
import { createInterface } from "node:readline";
import { CHANNEL_NAME, type GuestMessage, type HostMessage } from "../../orchestrator/domain/channel.ts";
import type { MemlockTrial } from "../../orchestrator/domain/memlock.ts";
import { caseProcess, START_MS } from "./case-process.ts";
import { sendCounts } from "./coverage.ts";
import { runTrial } from "./memlock/trial.ts";
import { runCell, serve } from "./run-cell.ts";
import { countersAvailable } from "./transport-proof.ts";

const PORTS = "/sys/class/virtio-ports";

interface Channel {
	readonly from: number;
	readonly to: number;
}

const both = (fd: number): Channel => ({ from: fd, to: fd });

/** Takes the descriptors or opens the serial line that init names, else the virtio port that carries our name; without udev there are no links. */
const openChannel = (): Channel => {
	const line = process.env.FUSELAB_CHANNEL;
	const inherited = /^fd:(\d+),(\d+)$/.exec(line ?? "");
	if (inherited !== null) return { from: Number(inherited[1]), to: Number(inherited[2]) };
	if (line !== undefined) return both(openSync(line, constants.O_RDWR | constants.O_NOCTTY));
	for (const port of readdirSync(PORTS))
		if (readFileSync(`${PORTS}/${port}/name`, "utf8").trim() === CHANNEL_NAME)
			return both(openSync(`/dev/${port}`, "r+"));
	throw new Error(`no virtio-serial port named ${CHANNEL_NAME}`);
};

const channel = openChannel();

const send = (message: GuestMessage): void => {
	const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
	for (let done = 0; done < bytes.length; ) done += writeSync(channel.to, bytes, done);
};

const readFirstLine = (file: string): string => {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return "";
	}
};

const uptime = Number(readFirstLine("/proc/uptime").split(" ")[0]);

send({
	type: "hello",
	kernelRelease: os.release(),
	nodeVersion: process.version,
	cpus: os.availableParallelism(),
	uptimeSeconds: uptime,
	initSeconds: Number(process.env.FUSELAB_INIT_SECONDS ?? 0),
	nodeSeconds: Math.max(0, uptime - process.uptime()),
	fuseUring: readFirstLine("/sys/module/fuse/parameters/enable_uring") === "Y",
	counters: countersAvailable(),
});

// Ahead of the first case; if it fails, that case says so.
caseProcess(START_MS).catch(() => undefined);

const tryMemlock = async (trial: MemlockTrial): Promise<void> => {
	try {
		send({ type: "memlock-end", outcome: await runTrial(trial), error: null });
	} catch (error) {
		send({ type: "memlock-end", outcome: null, error: error instanceof Error ? error.message : String(error) });
	}
};

// The host's end of the port closing is our end too: init then powers the guest off.
const lines = createInterface({ input: createReadStream("", { fd: channel.from, autoClose: false }) });
for await (const line of lines) {
	if (line === "") continue;
	const message = JSON.parse(line) as HostMessage;
	if (message.type === "poweroff") {
		sendCounts(send);
		break;
	}
	if (message.type === "serve") await serve(message.server, send);
	else if (message.type === "memlock") await tryMemlock(message.trial);
	else await runCell(message, send);
}
// A worker thread still sits in read(2) on the channel, and an orderly exit would wait for it.
process.kill(process.pid, "SIGKILL");
