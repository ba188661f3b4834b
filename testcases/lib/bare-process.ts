/** The bare server's process (guest/client/bare.c): one system call an order, one answer. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** What no order takes, besides what it waits itself: longer, and it is stuck in the kernel. */
const LONGEST_MS = 20_000;
const LONGEST_END_MS = 5_000;

/** A result below zero is an errno. */
export type BareAnswer =
	| { readonly kind: "arena" | "result"; readonly result: number }
	| { readonly kind: "memory" | "request"; readonly fd: number; readonly result: number; readonly data: string }
	| { readonly kind: "completion"; readonly ring: number; readonly token: number; readonly result: number }
	| { readonly kind: "nothing"; readonly result: 0 };

type BareWord = string | number | Buffer;

const textOf = (word: BareWord): string => (Buffer.isBuffer(word) ? word.toString("hex") : String(word));

/** Every order rejects when the process has ended, or does not answer in time. */
export class BareProcess {
	readonly #child: ChildProcessByStdio<Writable, Readable, null>;
	readonly #waiting: { resolve(answer: BareAnswer): void; reject(error: Error): void }[] = [];
	#ended = "";

	private constructor([program = "", ...args]: readonly string[]) {
		this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
		createInterface({ input: this.#child.stdout }).on("line", (line) =>
			this.#waiting.shift()?.resolve(JSON.parse(line) as BareAnswer),
		);
		// It has ended, and `exit` says how.
		this.#child.stdin.on("error", () => undefined);
		this.#child.on("error", (error) => this.#end(error.message));
		this.#child.on("exit", (code, signal) => this.#end(`has ended (${signal ?? `status ${code}`})`));
	}

	/** Gives the process, and the address of the memory that its orders name by offset; `within` are words before the program's. */
	static async start(
		within: readonly string[] = [],
		program = `${process.env.FUSELAB_LAB}/bare`,
	): Promise<{ readonly bare: BareProcess; readonly arena: number }> {
		const bare = new BareProcess([...within, program]);
		return { bare, arena: (await bare.#answer("start", 0)).result };
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	/** `waitMs` is what the order itself may wait. */
	async order(name: string, args: readonly BareWord[] = [], waitMs = 0): Promise<BareAnswer> {
		if (this.#ended === "") this.#child.stdin.write(`${[name, ...args.map(textOf)].join(" ")}\n`);
		return await this.#answer(name, waitMs);
	}

	/** The result of an order that must succeed. */
	async must(name: string, args: readonly BareWord[] = []): Promise<number> {
		const { result } = await this.order(name, args);
		if (result < 0) throw new Error(`the bare server: ${name} gave errno ${-result}`);
		return result;
	}

	kill(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	/** Ends it, and with it its rings and its end of the connection; bounded. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const gone = once(this.#child, "exit", { signal: AbortSignal.timeout(LONGEST_END_MS) });
		this.#child.kill("SIGKILL");
		await gone.catch(() => undefined);
	}

	async #answer(name: string, waitMs: number): Promise<BareAnswer> {
		return await new Promise((resolve, reject) => {
			if (this.#ended !== "") return reject(new Error(`the bare server ${this.#ended}: ${name}`));
			const timer = setTimeout(
				() => reject(new Error(`the bare server does not answer: ${name}`)),
				waitMs + LONGEST_MS,
			).unref();
			const settled = <T>(settle: (value: T) => void): ((value: T) => void) => {
				return (value) => {
					clearTimeout(timer);
					settle(value);
				};
			};
			this.#waiting.push({ resolve: settled(resolve), reject: settled(reject) });
		});
	}

	#end(why: string): void {
		this.#ended ||= why;
		for (const { reject } of this.#waiting.splice(0)) reject(new Error(`the bare server ${why}`));
	}
}
