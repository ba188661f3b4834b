import { createWriteStream, existsSync } from "node:fs";
import { execa } from "execa";
import { LabError, type LabErrorCode } from "../domain/lab-error.ts";
import { onLastResort } from "./interrupt.ts";
import { ownProcess } from "./ledger.ts";

export interface RunOptions {
	/** Aborting it ends the child's whole process group. */
	readonly signal: AbortSignal;
	readonly cwd?: string;
	/** Added to the environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** Both outputs are appended to this file instead of being kept. */
	readonly logFile?: string;
	readonly input?: string;
	readonly timeoutMs?: number;
	/** Exit statuses that are no error; [0] unless told. */
	readonly okStatus?: readonly number[];
	/** The error's code when the child fails. */
	readonly failure?: LabErrorCode;
	readonly hint?: string;
}

/** Of the output of a program that has a log, in characters. */
const LONGEST_TAIL = 16 * 1024;

export interface RunResult {
	readonly stdout: string;
	readonly stderr: string;
	readonly exitCode: number;
	readonly seconds: number;
}

/** What is used of execa's result, whose own type depends on every option. */
interface Outcome {
	readonly exitCode?: number | undefined;
	readonly signal?: string | undefined;
	readonly code?: string | undefined;
	readonly shortMessage?: string | undefined;
	readonly stdout?: unknown;
	readonly stderr?: unknown;
}

const killGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
	if (pid === undefined) return;
	try {
		process.kill(-pid, signal);
	} catch {
		// The group is gone already.
	}
};

/**
 * Runs one command to its end: argument vector, no shell, own process group, group killed on abort or time-out.
 * Throws a LabError that carries the command and the last lines of its output.
 */
export const run = async (command: string, args: readonly string[], options: RunOptions): Promise<RunResult> => {
	options.signal.throwIfAborted();
	const started = performance.now();
	const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: "a" });
	// Long work would go on after a SIGKILL of this process: SIGTERM, on which make ends what it has begun.
	const bound = log === undefined ? [] : ["setpriv", "--pdeathsig", "TERM", "--"];
	const [program = command, ...words] = [...bound, command, ...args];
	const child = execa(program, words, {
		...(options.cwd === undefined ? {} : { cwd: options.cwd }),
		env: { LC_ALL: "C.UTF-8", ...options.env },
		...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
		// A log may be large: it goes to the file, and only the end of it is kept in memory.
		buffer: log === undefined,
		maxBuffer: 256 * 1024 * 1024,
		detached: true,
		cleanup: true,
		reject: false,
		stripFinalNewline: true,
	});
	let tail = "";
	if (log !== undefined) {
		for (const stream of [child.stdout, child.stderr])
			stream?.on("data", (chunk: Buffer) => {
				log.write(chunk);
				tail = (tail + chunk.toString()).slice(-LONGEST_TAIL);
			});
	}
	let timedOut = false;
	const end = (): void => {
		killGroup(child.pid, "SIGTERM");
		setTimeout(() => killGroup(child.pid, "SIGKILL"), 3000).unref();
	};
	const timer =
		options.timeoutMs === undefined
			? undefined
			: setTimeout(() => {
					timedOut = true;
					end();
				}, options.timeoutMs);
	options.signal.addEventListener("abort", end, { once: true });
	const forget = onLastResort(() => killGroup(child.pid, "SIGKILL"));
	// Long work, such as a build, would go on after a SIGKILL of this process: `sweep` finds it in the ledger.
	const disown = log === undefined || child.pid === undefined ? () => undefined : ownProcess(child.pid, command);
	try {
		const result: Outcome = await child;
		options.signal.throwIfAborted();
		const exitCode = result.exitCode ?? -1;
		// setpriv says the same by the status that a shell would give.
		const unbound = bound.length > 0 && exitCode === 127 && /^setpriv: failed to execute/m.test(tail);
		if ((result.code === "ENOENT" && existsSync(options.cwd ?? "/")) || unbound)
			throw new LabError({
				code: "tool-missing",
				sentence: `${command} is not installed on this host.`,
				hint: "`fuselab setup` installs what is missing; `fuselab doctor` shows it.",
			});
		if (timedOut || !(options.okStatus ?? [0]).includes(exitCode)) {
			const printed = log === undefined ? `${result.stdout ?? ""}\n${result.stderr ?? ""}` : tail;
			const why = timedOut
				? `did not end within ${(options.timeoutMs ?? 0) / 1000} s`
				: result.exitCode === undefined && result.signal === undefined
					? `could not be started (${result.code ?? result.shortMessage})`
					: result.signal === undefined
						? `exited with status ${exitCode}`
						: `was ended by ${result.signal}`;
			throw new LabError({
				code: options.failure ?? "host-unsupported",
				sentence: `\`${[command, ...args].join(" ").slice(0, 300)}\` ${why}.`,
				evidence: printed
					.split("\n")
					.filter((line) => line.trim() !== "")
					.slice(-20),
				...(options.hint === undefined ? {} : { hint: options.hint }),
				...(options.logFile === undefined ? {} : { log: options.logFile }),
			});
		}
		return {
			stdout: typeof result.stdout === "string" ? result.stdout : "",
			stderr: typeof result.stderr === "string" ? result.stderr : "",
			exitCode,
			seconds: (performance.now() - started) / 1000,
		};
	} finally {
		clearTimeout(timer);
		options.signal.removeEventListener("abort", end);
		forget();
		disown();
		if (log !== undefined) await new Promise((resolve) => log.end(resolve));
	}
};
