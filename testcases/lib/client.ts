/** A process that makes the system calls which Node has not (guest/client/client.c): one order, one answer. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { getSystemErrorName } from "node:util";

/** Values of the kernel's interface that Node does not name (include/uapi). */
export const RWF = { dsync: 2, sync: 4, nowait: 8, append: 16, noappend: 32 } as const;
export const FALLOC = { keepSize: 1, punchHole: 2, collapse: 8, zeroRange: 16, insert: 32 } as const;
export const PROT = { read: 1, write: 2 } as const;
export const MAP = { shared: 1, private: 2 } as const;
export const SEEK = { set: 0, end: 2, data: 3, hole: 4 } as const;
export const RENAME = { noReplace: 1, exchange: 2 } as const;
export const XATTR = { create: 1, replace: 2 } as const;
export const ADVICE = { random: 1, sequential: 2, willNeed: 3, dontNeed: 4 } as const;
export const FLOCK = { shared: 1, exclusive: 2, nonBlocking: 4, unlock: 8 } as const;
/** fcntl(2)'s commands and types. */
export const LOCK = { get: 5, set: 6, ofdGet: 36, ofdSet: 37, read: 0, write: 1, unlock: 2 } as const;
const MS_SYNC = 4;

const LONGEST_END_MS = 2_000;

interface Answer {
	readonly result: number;
	readonly data: Buffer;
}

interface Waiting {
	readonly operation: string;
	resolve(answer: Answer): void;
	reject(error: Error): void;
}

/** An error of the system call itself; `code` as Node gives it. */
class CallError extends Error {
	readonly code: string;
	constructor(operation: string, errno: number) {
		super(`${operation}: ${getSystemErrorName(-errno)}`);
		this.code = getSystemErrorName(-errno);
	}
}

/** Every call rejects with an error that has a `code`. Offsets and lengths are in bytes. */
export class Client {
	readonly #child: ChildProcessByStdio<Writable, Readable, null>;
	readonly #waiting: Waiting[] = [];
	#input: Buffer = Buffer.alloc(0);

	private constructor(program: string) {
		this.#child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
		this.#child.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
		this.#child.stdin.on("error", () => this.#end("is gone"));
		this.#child.on("error", (error) => this.#end(error.message));
		this.#child.on("exit", () => this.#end("has ended"));
	}

	static start(program = `${process.env.FUSELAB_LAB}/client`): Client {
		return new Client(program);
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	/** Waits for its end, as its open files keep a mount busy; not for ever, as a call that is stuck in the kernel would. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const gone = once(this.#child, "exit", { signal: AbortSignal.timeout(LONGEST_END_MS) });
		this.#child.kill("SIGKILL");
		await gone.catch(() => undefined);
	}

	/** From now on it runs on that CPU. */
	async pin(cpu: number): Promise<void> {
		await this.#call("pin", [cpu]);
	}

	/** A signal whose handler does nothing: the call that it is in may end with EINTR. */
	interrupt(): void {
		this.#child.kill("SIGUSR1");
	}

	async open(path: string, flags: number, mode = 0o600): Promise<number> {
		return (await this.#call("open", [flags, mode], path)).result;
	}

	async close(fd: number): Promise<void> {
		await this.#call("close", [fd]);
	}

	/** One preadv2(2) into memory that begins `skew` bytes after a page border. */
	async read(fd: number, length: number, offset: number, { skew = 0, flags = 0 } = {}): Promise<Buffer> {
		return (await this.#call("read", [fd, offset, length, skew, flags])).data;
	}

	/** One pwritev2(2) of `pieces` vectors; gives how much was written. */
	async write(fd: number, bytes: Buffer, offset: number, { skew = 0, flags = 0, pieces = 1 } = {}): Promise<number> {
		return (await this.#call("write", [fd, offset, skew, flags, pieces], bytes)).result;
	}

	/**
	 * A direct read by Linux AIO whose memory goes while it is under way: unmapped, or its pages freed too and others, of
	 * 0xcc, in their place. Gives how much was read, and what is in that memory afterwards.
	 */
	async readGone(fd: number, length: number, offset: number, gone: "unmapped" | "freed"): Promise<Answer> {
		return await this.#call("read-gone", [fd, offset, length, gone === "freed" ? 1 : 0]);
	}

	/** The same of a write, whose pages are freed; gives how much was written. */
	async writeGone(fd: number, bytes: Buffer, offset: number): Promise<number> {
		return (await this.#call("write-gone", [fd, offset], bytes)).result;
	}

	/** fstat(2)'s size. */
	async size(fd: number): Promise<number> {
		return (await this.#call("size", [fd])).result;
	}

	async truncate(fd: number, length: number): Promise<void> {
		await this.#call("truncate", [fd, length]);
	}

	async fallocate(fd: number, mode: number, offset: number, length: number): Promise<void> {
		await this.#call("fallocate", [fd, mode, offset, length]);
	}

	async copyRange(from: number, fromOffset: number, to: number, toOffset: number, length: number): Promise<number> {
		return (await this.#call("copy", [from, fromOffset, to, toOffset, length])).result;
	}

	async sendfile(to: number, from: number, offset: number, length: number): Promise<number> {
		return (await this.#call("sendfile", [to, from, offset, length])).result;
	}

	/** File to pipe and pipe to memory; at most a pipe's 64 KiB. */
	async spliceRead(fd: number, length: number, offset: number): Promise<Buffer> {
		return (await this.#call("splice-read", [fd, offset, length])).data;
	}

	/** Memory to pipe, by write(2) or vmsplice(2), and pipe to file. */
	async spliceWrite(fd: number, bytes: Buffer, offset: number, by: "write" | "vmsplice" = "write"): Promise<number> {
		return (await this.#call("splice-write", [fd, offset, by === "vmsplice" ? 1 : 0], bytes)).result;
	}

	/** Gives the mapping's number. */
	async map(fd: number, length: number, protection: number, flags: number, offset = 0): Promise<number> {
		return (await this.#call("map", [fd, offset, length, protection, flags])).result;
	}

	/** A page that is not there (SIGBUS) is EFAULT. */
	async mapRead(map: number, length: number, offset: number): Promise<Buffer> {
		return (await this.#call("map-read", [map, offset, length])).data;
	}

	async mapWrite(map: number, bytes: Buffer, offset: number): Promise<void> {
		await this.#call("map-write", [map, offset], bytes);
	}

	async mapSync(map: number): Promise<void> {
		await this.#call("map-sync", [map, MS_SYNC]);
	}

	async unmap(map: number): Promise<void> {
		await this.#call("unmap", [map]);
	}

	async seek(fd: number, offset: number, whence: number): Promise<number> {
		return (await this.#call("seek", [fd, offset, whence])).result;
	}

	async sync(fd: number, what: "all" | "data" = "all"): Promise<void> {
		await this.#call("sync", [fd, what === "data" ? 1 : 0]);
	}

	async advise(fd: number, offset: number, length: number, advice: number): Promise<void> {
		await this.#call("advise", [fd, offset, length, advice]);
	}

	/** Gives the lock's type afterwards: of LOCK.get, LOCK.unlock where nobody stands in the way. */
	async lock(fd: number, command: number, type: number, start: number, length: number): Promise<number> {
		return (await this.#call("lock", [fd, command, type, start, length])).result;
	}

	async flock(fd: number, operation: number): Promise<void> {
		await this.#call("flock", [fd, operation]);
	}

	async setXattr(fd: number, name: string, value: Buffer, flags = 0): Promise<void> {
		await this.#call("set-xattr", [fd, flags], Buffer.concat([Buffer.from(`${name}\0`), value]));
	}

	/** With `room` 0 only the length is asked for, and `data` is empty. */
	async getXattr(fd: number, name: string, room: number): Promise<Answer> {
		return await this.#call("get-xattr", [fd, room], name);
	}

	async listXattr(fd: number, room: number): Promise<Answer> {
		return await this.#call("list-xattr", [fd, room]);
	}

	async removeXattr(fd: number, name: string): Promise<void> {
		await this.#call("remove-xattr", [fd], name);
	}

	async rename(from: string, to: string, flags: number): Promise<void> {
		await this.#call("rename", [flags], `${from}\0${to}`);
	}

	async #call(operation: string, args: readonly number[], payload: string | Buffer = ""): Promise<Answer> {
		const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
		return await new Promise((resolve, reject) => {
			this.#waiting.push({ operation, resolve, reject });
			// A large double would be written with zeros at its end.
			this.#child.stdin.write(`${bytes.length} ${operation} ${args.map(BigInt).join(" ")}\n`);
			if (bytes.length > 0) this.#child.stdin.write(bytes);
		});
	}

	#take(chunk: Buffer): void {
		this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
		for (let end = this.#input.indexOf("\n"); end >= 0; end = this.#input.indexOf("\n")) {
			const [result = 0, errno = 0, length = 0] = this.#input.toString("latin1", 0, end).split(" ").map(Number);
			if (this.#input.length < end + 1 + length) return;
			const data = Buffer.from(this.#input.subarray(end + 1, end + 1 + length));
			this.#input = this.#input.subarray(end + 1 + length);
			const waiting = this.#waiting.shift();
			if (result < 0) waiting?.reject(new CallError(waiting.operation, errno));
			else waiting?.resolve({ result, data });
		}
	}

	#end(why: string): void {
		for (const { operation, reject } of this.#waiting.splice(0))
			reject(new Error(`${operation}: the client process ${why}`));
	}
}
