/** A guest with its console on this terminal, and maybe a debugger that it waits for. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import { execa } from "execa";
import type { HostMessage, ServerOrder } from "../domain/channel.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import { plainLine } from "../domain/plain-text.ts";
import { pasteable } from "./command.ts";
import { MAX_LINE_BYTES, parseGuestMessage } from "./guest-message.ts";
import { commandOf, type Launcher, withDisks } from "./launcher.ts";
import { UML_CHANNEL_IN, UML_CHANNEL_OUT } from "./uml-command.ts";

export interface ShellOptions {
	/** Started as soon as the agent speaks. */
	readonly server: ServerOrder;
	/** The machine waits for a debugger. */
	readonly gdb: boolean;
	/** A line for the person at the terminal. */
	readonly tell: (line: string) => void;
}

/** Orders the server once the agent speaks, and tells when there is none. */
const orderServer = (from: Duplex, to: Duplex, { server, tell }: ShellOptions): void => {
	for (const stream of [from, to]) stream.on("error", () => undefined);
	let ordered = false;
	let rest = "";
	from.on("data", (chunk: Buffer) => {
		if (!ordered) to.write(`${JSON.stringify({ type: "serve", server } satisfies HostMessage)}\n`);
		ordered = true;
		const lines = `${rest}${chunk.toString()}`.split("\n");
		rest = (lines.pop() ?? "").slice(-MAX_LINE_BYTES);
		for (const message of lines.map(parseGuestMessage))
			if (message?.type === "serving" && message.error !== null)
				tell(`The server does not serve: ${plainLine(message.error).slice(0, 2000)}`);
	});
};

const runShell = async (
	[program = "", ...args]: readonly string[],
	cwd: string,
	signal: AbortSignal,
	onStart: (from: Duplex, to: Duplex) => void,
): Promise<void> => {
	const child = execa("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], {
		stdio: ["inherit", "inherit", "inherit", "pipe", "pipe"],
		cwd,
		buffer: false,
		cancelSignal: signal,
		reject: false,
	});
	const ends = child.stdio as unknown as readonly Duplex[];
	const [to, from] = [ends[UML_CHANNEL_IN], ends[UML_CHANNEL_OUT]];
	if (from !== undefined && to !== undefined) onStart(from, to);
	await child;
};

/** The signals that user-mode Linux lives by. */
const UML_SIGNALS = "SIGSEGV SIGSYS SIGUSR1 SIGUSR2 SIGALRM SIGIO SIGWINCH SIGCHLD SIG34";

/** Starts the program only when a debugger has taken hold of the process, which it tells where to find. */
const WAIT = `echo "  gdb -p $$ -ex 'tcatch exec' -ex 'continue' -ex 'handle ${UML_SIGNALS} nostop noprint pass'" >&2
until grep -q 'TracerPid:.*[1-9]' /proc/$$/status; do sleep 0.3; done
exec "$@"`;

const HOW = "Paste this into another terminal; the machine waits. Set breakpoints there, then `continue`.";

const runUml = async (
	launcher: Launcher,
	build: KernelBuild,
	folder: string,
	options: ShellOptions,
	signal: AbortSignal,
) => {
	const command = await commandOf(launcher, build, { interactive: true }, signal);
	if (options.gdb) options.tell(HOW);
	const argv = options.gdb ? ["sh", "-c", WAIT, "sh", ...command] : command;
	await runShell(argv, folder, signal, (from, to) => orderServer(from, to, options));
};

const runQemu = async (
	launcher: Launcher,
	build: KernelBuild,
	folder: string,
	options: ShellOptions,
	signal: AbortSignal,
) => {
	const sockets = await mkdtemp(path.join(os.tmpdir(), "fuselab-"));
	const [agentSocket, gdbSocket] = ["agent", "gdb"].map((name) => path.join(sockets, name)) as [string, string];
	const listener = createServer((socket) => orderServer(socket, socket, options));
	try {
		await new Promise<void>((resolve) => listener.listen(agentSocket, resolve));
		const manner = { agentSocket, ...(options.gdb ? { gdbSocket } : {}) };
		const command = await commandOf(launcher, build, manner, signal);
		// Kept beside the image where the kernel has debug information.
		const symbols = path.join(path.dirname(build.image), "vmlinux");
		const gdb = ["gdb", ...(existsSync(symbols) ? [symbols] : []), "-ex", `target remote ${gdbSocket}`];
		if (options.gdb) options.tell(`${HOW}\n  ${pasteable(gdb)}`);
		await runShell(command, folder, signal, () => undefined);
	} finally {
		listener.close();
		await rm(sockets, { recursive: true, force: true });
	}
};

/** Boots with the console on this terminal; orders the server as soon as the agent speaks; ends with the shell. */
export const launchShell = async (
	launcher: Launcher,
	build: KernelBuild,
	options: ShellOptions,
	signal: AbortSignal,
): Promise<void> => {
	if (launcher.machine.chosen === "host")
		throw new LabError({
			code: "usage",
			sentence: "A shell of this computer you have already.",
			hint: "`fuselab run CONFIG --machine host` runs cells here; a shell wants a guest (`--machine auto`).",
		});
	await withDisks(launcher, "shell", async (folder) => {
		await (launcher.machine.chosen === "uml" ? runUml : runQemu)(launcher, build, folder, options, signal);
	});
};
