/** The client of our server's control socket. */
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type {
	ServerMessage,
	ServerReady,
	ServerRequest,
	ServerStats,
} from "../../orchestrator/domain/server-message.ts";

type Answer = Exclude<ServerMessage, { type: "stopped" }>;

export class ServerControl {
	readonly #socket: Socket;
	/** Answers come in the order of the orders. */
	readonly #waiting: ((answer: Answer | null) => void)[] = [];
	#ready: ServerReady | null = null;
	#error: string | null = null;
	#closed = false;

	private constructor(socket: Socket) {
		this.#socket = socket;
		socket.on("error", () => this.#close());
		socket.on("close", () => this.#close());
		createInterface({ input: socket }).on("line", (line) => this.#take(JSON.parse(line) as ServerMessage));
	}

	/** Connects once the socket is there; `gone` says that it never will be. */
	static async open(path: string, gone: () => boolean, timeoutMs: number): Promise<ServerControl | null> {
		const end = performance.now() + timeoutMs;
		while (!gone() && performance.now() < end) {
			const socket = connect(path);
			const connected = await new Promise<boolean>((resolve) => {
				socket.once("connect", () => resolve(true));
				socket.once("error", () => resolve(false));
			});
			if (connected) return new ServerControl(socket);
			// Not there yet, or there and not listening yet.
			await setTimeout(5);
		}
		return null;
	}

	get ready(): ServerReady | null {
		return this.#ready;
	}

	/** What the server said instead of starting. */
	get error(): string | null {
		return this.#error;
	}

	/** Sends an order and waits for its answer; null when none came in time or the server is gone. */
	async ask(order: ServerRequest, timeoutMs: number): Promise<Answer | null> {
		if (this.#closed) return null;
		return await new Promise((resolve) => {
			const timer = globalThis.setTimeout(() => resolve(null), timeoutMs);
			this.#waiting.push((answer) => {
				clearTimeout(timer);
				resolve(answer);
			});
			this.#socket.write(`${JSON.stringify(order)}\n`);
		});
	}

	/** Sends an order that is answered by events alone: `start`, `stop`. */
	tell(order: ServerRequest): void {
		if (!this.#closed) this.#socket.write(`${JSON.stringify(order)}\n`);
	}

	async stats(timeoutMs: number): Promise<ServerStats | null> {
		const answer = await this.ask({ type: "stats" }, timeoutMs);
		return answer?.type === "stats" ? answer : null;
	}

	close(): void {
		this.#socket.destroy();
		this.#close();
	}

	#take(message: ServerMessage): void {
		if (message.type === "stopped") return;
		if (message.type === "ready" && this.#ready === null) {
			this.#ready = message;
			return;
		}
		const waiting = this.#waiting.shift();
		if (waiting !== undefined) waiting(message);
		else if (message.type === "error") this.#error = message.message;
	}

	#close(): void {
		this.#closed = true;
		for (const waiting of this.#waiting.splice(0)) waiting(null);
	}
}
