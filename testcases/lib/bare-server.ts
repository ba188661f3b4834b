/** A bare server on a mount of its own: the case says what is sent to the kernel, and sees what comes of it. */
import { mkdir, readFile } from "node:fs/promises";
import type { Lab } from "../case.ts";
import { BareFiles, OP } from "./bare-files.ts";
import { type BareAnswer, BareProcess } from "./bare-process.ts";
import { type BareEntry, BareRings } from "./bare-rings.ts";
import {
	COMMAND,
	type Command,
	deviceReply,
	deviceRequest,
	type EntryRequest,
	entryReply,
	entryRequest,
	HEADER_BYTES,
	INIT,
	type InitReply,
	initReply,
	offeredIn,
	type Reply,
} from "./bare-wire.ts";
import { Client } from "./client.ts";
import { abortConnection } from "./fuse-connection.ts";

/** What must come comes within this, or is taken for lost. */
const COMES_MS = 5_000;
const SERVE_MS = 15_000;
/** A turn in which nothing comes: after it, whoever waits for something else looks again. */
const TURN_MS = 5;
const PAGE = 4096;

export interface BareOptions extends Partial<InitReply> {
	/** Of its folder, where a case has several. */
	readonly name?: string;
	/** Names of files whose READs and WRITEs are to be zero-copied. */
	readonly zeroCopied?: readonly string[];
	/** Words before the server's program, such as unshare(1)'s. */
	readonly within?: readonly string[];
}

/** A request that is with the server. */
export interface BareRequest {
	readonly opcode: number;
	readonly unique: bigint;
	readonly nodeid: bigint;
	readonly op: Buffer;
	readonly payload: Buffer;
	readonly isZeroCopied: boolean;
	readonly via:
		| { readonly kind: "device"; readonly fd: number }
		| { readonly kind: "entry"; readonly entry: BareEntry; readonly request: EntryRequest };
}

const possibleCpus = async (): Promise<number> =>
	Number(/(\d+)\s*$/.exec(await readFile("/sys/devices/system/cpu/possible", "utf8"))?.[1] ?? 0) + 1;

/** Minor number of the device that is mounted there, which is the connection's too; undefined where nothing is. */
const deviceOf = async (mount: string): Promise<string | undefined> => {
	const mounts = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").map((line) => line.split(" "));
	return mounts.find((fields) => fields[4] === mount)?.[2]?.split(":")[1];
};

export class BareServer extends BareRings {
	readonly mount: string;
	/** One for each possible CPU. */
	readonly queues: number;
	readonly files: BareFiles;
	/** Flags that the kernel offered in INIT. */
	offered = 0n;
	readonly #lab: Lab;
	readonly #init: InitReply;
	readonly #clients: Client[] = [];
	#devices: number[];

	private constructor(lab: Lab, options: BareOptions, started: { bare: BareProcess; arena: number }, at: Placement) {
		super(started.bare, started.arena, at.fd);
		const { flags = 0n, maxWrite = 32_768, maxPages = 8, requestTimeout = 0, maxBackground = 0 } = options;
		const always = INIT.ext | INIT.maxPages | (requestTimeout > 0 ? INIT.requestTimeout : 0n);
		this.#init = { flags: flags | always, maxWrite, maxPages, requestTimeout, maxBackground };
		this.#lab = lab;
		this.files = new BareFiles(options.zeroCopied);
		({ mount: this.mount, queues: this.queues } = at);
		this.#devices = [at.fd];
	}

	/** Mounts, and leaves INIT unanswered. */
	static async mount(lab: Lab, options: BareOptions = {}): Promise<BareServer> {
		const mount = `/run/fuselab/bare-${options.name ?? "server"}`;
		// A case that overran its time was killed, and what it had mounted would be in the way of all that come.
		if ((await deviceOf(mount)) !== undefined) await lab.run("umount", ["-l", mount]);
		await mkdir(mount, { recursive: true });
		const started = await BareProcess.start(options.within);
		const fd = await started.bare.must("open");
		await started.bare.must("mount", [fd, mount]);
		return new BareServer(lab, options, started, { mount, fd, queues: await possibleCpus() });
	}

	/** Mounts and answers INIT; by default with consent to io_uring. */
	static async start(lab: Lab, options: BareOptions = {}): Promise<BareServer> {
		const server = await BareServer.mount(lab, { flags: INIT.overIoUring, ...options });
		await server.answerInit();
		return server;
	}

	/** Bytes of the largest payload (dev_uring.c:fuse_uring_create, 7.3). */
	get largestPayload(): number {
		return Math.max(8192, this.#init.maxWrite, this.#init.maxPages * PAGE);
	}

	async answerInit(): Promise<void> {
		const request = await this.next(COMES_MS);
		if (request?.opcode !== OP.init) throw new Error("the kernel does not say INIT");
		this.offered = offeredIn(request.op);
		await this.reply(request, initReply(this.#init));
	}

	/** One more descriptor of the connection (FUSE_DEV_IOC_CLONE), which is waited at like the first. */
	async cloneDevice(): Promise<number> {
		const fd = await this.bare.must("open");
		await this.bare.must("clone", [fd, this.fd]);
		this.#devices.push(fd);
		return fd;
	}

	/** The next request, from whatever it comes; null after `waitMs`, or when the connection has ended. */
	async next(waitMs: number): Promise<BareRequest | null> {
		const isRequest = (event: BareAnswer): boolean =>
			event.kind === "request" ||
			(event.kind === "completion" && event.result === 0 && this.entryAt(event.token) !== undefined);
		const event = await this.take(isRequest, waitMs, this.#devices);
		if (event === null) return null;
		if (event.kind === "completion") return await this.#arrived(event.token);
		if (event.kind !== "request") return null;
		if (event.result < 0) {
			this.#devices = this.#devices.filter((fd) => fd !== event.fd);
			return null;
		}
		return this.#read(event.fd, Buffer.from(event.data, "hex"));
	}

	/** What read(2) of /dev/fuse gives within `waitMs`: a request, an errno below zero, or null. Completions are left alone. */
	async read(waitMs: number, fd = this.fd): Promise<BareRequest | number | null> {
		const event = await this.bare.order("wait", [waitMs, 0, fd], waitMs);
		if (event.kind !== "request") return null;
		return event.result < 0 ? event.result : this.#read(fd, Buffer.from(event.data, "hex"));
	}

	/** Whether something can be read from /dev/fuse within `waitMs`; it is not. */
	async isReadable(waitMs: number): Promise<boolean> {
		return (await this.bare.order("ready", [this.fd, waitMs], waitMs)).result > 0;
	}

	/** Replies, by default as the file system does; gives the kernel's answer: null where a commit is parked. */
	async reply(request: BareRequest, reply: Reply | null = this.files.answer(request)): Promise<number | null> {
		if (reply === null) return null;
		const { via } = request;
		if (via.kind === "device")
			return (await this.bare.order("write", [via.fd, deviceReply(request.unique, reply)])).result;
		await this.putReply(request, reply);
		return await this.commit(via.entry, via.request.commitId);
	}

	/**
	 * Puts the reply of an entry's request into its memory, and commits nothing. The data of a zero-copied READ is not
	 * ours to put anywhere: only its length is told, and the client finds what its pages held.
	 */
	async putReply({ opcode, isZeroCopied, via }: BareRequest, reply: Reply): Promise<void> {
		if (via.kind === "device") return;
		if (typeof reply !== "number" && !(isZeroCopied && opcode === OP.read))
			await this.poke(via.entry.payload + via.request.offset, reply);
		await this.poke(via.entry.header, entryReply(via.request, reply));
	}

	/** One COMMIT_AND_FETCH; what `other` says replaces the right fields. */
	async commit(entry: BareEntry, commitId: bigint, other: Partial<Command> = {}): Promise<number | null> {
		const { ring, qid, index } = entry;
		const named = index === undefined ? {} : { index };
		return await this.command(ring, { op: COMMAND.commit, qid, commitId, ...named, ...other }, entry);
	}

	/** Serves until a request of that kind comes, which stays with the caller; null when none comes. */
	async awaited(opcode: number, waitMs = COMES_MS): Promise<BareRequest | null> {
		const end = performance.now() + waitMs;
		while (performance.now() < end) {
			const request = await this.next(Math.ceil(end - performance.now()));
			if (request?.opcode === opcode) return request;
			if (request !== null) await this.reply(request);
		}
		return null;
	}

	/** The same of a request that must come. */
	async held(opcode: number): Promise<BareRequest> {
		const request = await this.awaited(opcode);
		if (request === null) throw new Error(`no request with opcode ${opcode} came`);
		return request;
	}

	/** Serves all requests until `work` has ended, and gives what it gave. */
	async serve<T>(work: Promise<T>): Promise<T> {
		let isDone = false;
		const done = (): void => {
			isDone = true;
		};
		work.then(done, done);
		const end = performance.now() + SERVE_MS;
		while (!isDone) {
			if (performance.now() > end) throw new Error("a client that was served did not end");
			const request = await this.next(TURN_MS);
			if (request !== null) await this.reply(request);
		}
		return await work;
	}

	/** A process that uses the mount; it stays on one CPU, so that its requests go to that CPU's queue. */
	async client(cpu = 0): Promise<Client> {
		const client = Client.start();
		this.#clients.push(client);
		await client.pin(cpu);
		return client;
	}

	/** Path of the connection's file in fusectl. The mount is not touched: it may not answer. */
	async controlFile(name: "abort" | "max_background"): Promise<string> {
		return `/sys/fs/fuse/connections/${await deviceOf(this.mount)}/${name}`;
	}

	async abort(): Promise<void> {
		await abortConnection(await this.controlFile("abort"));
	}

	/** Its clients' calls end with the connection, so they come last. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.bare[Symbol.asyncDispose]();
		await this.#lab.run("umount", ["-l", this.mount]);
		for (const client of this.#clients) await client[Symbol.asyncDispose]();
		if ((await deviceOf(this.mount)) !== undefined) throw new Error(`${this.mount} is still mounted`);
	}

	async #arrived(token: number): Promise<BareRequest | null> {
		const entry = this.entryAt(token);
		if (entry === undefined) return null;
		const request = entryRequest(await this.peek(entry.header, HEADER_BYTES));
		const { opcode, unique, nodeid, op, isZeroCopied } = request;
		// The data of a WRITE is not looked at.
		const names = opcode === OP.write ? 0 : request.payloadBytes;
		const payload = names > 0 ? await this.peek(entry.payload + request.offset, names) : Buffer.alloc(0);
		return { opcode, unique, nodeid, op, payload, isZeroCopied, via: { kind: "entry", entry, request } };
	}

	#read(fd: number, bytes: Buffer): BareRequest {
		const { opcode, unique, nodeid, body } = deviceRequest(bytes);
		return { opcode, unique, nodeid, op: body, payload: body, isZeroCopied: false, via: { kind: "device", fd } };
	}
}

interface Placement {
	readonly mount: string;
	readonly fd: number;
	readonly queues: number;
}
