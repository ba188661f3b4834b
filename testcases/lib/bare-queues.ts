/** Queues of a bare server, in the words of a mode: each step a command that a case may leave out or get wrong. */
import type { Mode } from "../../orchestrator/domain/cell.ts";
import type { BareEntry, BareRing } from "./bare-rings.ts";
import type { BareServer } from "./bare-server.ts";
import { COMMAND, HEADER_BYTES, iovecsOf, ZERO_COPY } from "./bare-wire.ts";

/** Slots of a ring's table of buffers: entries' in its first half, pools in its second. */
export const SLOTS = 64;
const FIRST_POOL_SLOT = 32;

export const hasPool = (mode: Mode): boolean => ["bufpool", "pinned", "zerocopy"].includes(mode);

/** A queue without its entries. */
export interface BareQueue {
	readonly ring: BareRing;
	readonly qid: number;
	readonly isZeroCopy: boolean;
	/** Where its pool is in the arena; null where each entry has a buffer of its own. */
	readonly pool: number | null;
	/** The slot of a registered pool. */
	readonly index?: number;
}

/** A ring with the table of buffers that the mode wants. */
export const ringFor = async (server: BareServer, mode: Mode): Promise<BareRing> => {
	const ring = await server.ring();
	if (mode === "pinned" || mode === "zerocopy") await server.bare.must("slots", [ring.index, SLOTS]);
	return ring;
};

/** ADD_QUEUE as the mode has it; the command's result. */
export const addQueue = async (server: BareServer, ring: BareRing, qid: number, mode: Mode): Promise<number | null> =>
	await server.command(ring, { op: COMMAND.addQueue, qid, flags: mode === "zerocopy" ? ZERO_COPY : 0n });

/** What ADD_BUFPOOL of a pool of so many bytes says, with a field for each of its arguments. */
export const poolCommand = (server: BareServer, qid: number, pool: number, len: number, index?: number) => ({
	op: COMMAND.addBufpool,
	qid,
	pool: { addr: server.arena + pool, len },
	...(index === undefined ? {} : { index }),
});

/** A queue with everything but its pool, and the command that gives it one. */
export const queueWithoutPool = async (server: BareServer, mode: Mode, buffers = 1) => {
	const ring = await ringFor(server, mode);
	const bytes = buffers * server.largestPayload;
	const pool = server.allocate(bytes);
	const index = mode === "pinned" ? FIRST_POOL_SLOT : undefined;
	if (index !== undefined) await server.bare.must("slot", [ring.index, index, pool, bytes]);
	return { ring, added: await addQueue(server, ring, 0, mode), right: poolCommand(server, 0, pool, bytes, index) };
};

/** Makes a queue that entries can be registered on; of a pool that is registered, the slot may have other bytes. */
export const makeQueue = async (
	server: BareServer,
	ring: BareRing,
	qid: number,
	mode: Mode,
	buffers: number,
	slotBytes = buffers * server.largestPayload,
): Promise<BareQueue> => {
	if (!hasPool(mode)) return { ring, qid, isZeroCopy: false, pool: null };
	const bytes = buffers * server.largestPayload;
	const pool = server.allocate(bytes);
	const index = mode === "pinned" ? FIRST_POOL_SLOT + qid : undefined;
	if (index !== undefined) await server.bare.must("slot", [ring.index, index, pool, slotBytes]);
	const added = await addQueue(server, ring, qid, mode);
	const pooled = await server.command(ring, poolCommand(server, qid, pool, bytes, index));
	if (added !== 0 || pooled !== 0) throw new Error(`queue ${qid} cannot be made: ${added}, ${pooled}`);
	return { ring, qid, isZeroCopy: mode === "zerocopy", pool, ...(index === undefined ? {} : { index }) };
};

/** What REGISTER may be given instead of what is right. */
export interface Registration {
	readonly qid?: number;
	readonly headerBytes?: number;
	/** Of the payload's iovec; on a queue with a pool there is none. */
	readonly payloadBytes?: number;
	/** Addresses of the two, such as one where there is no memory. */
	readonly headerAt?: number;
	readonly payloadAt?: number;
	/** How many iovecs the command says there are. */
	readonly iovecs?: number;
	readonly slot?: number;
	readonly index?: number;
	readonly isFixed?: boolean;
	readonly fd?: number;
	/** For its answer, where that does not come at once. */
	readonly waitMs?: number;
}

/** REGISTER of one more entry: null where it is parked. */
export const register = async (
	server: BareServer,
	queue: BareQueue,
	other: Registration = {},
): Promise<{ readonly entry: BareEntry; readonly result: number | null }> => {
	const header = server.allocate(HEADER_BYTES);
	const { payloadBytes = queue.pool === null ? server.largestPayload : 0 } = other;
	const own = payloadBytes > 0 ? server.allocate(payloadBytes) : 0;
	const iovecs = server.allocate(64);
	await server.poke(
		iovecs,
		iovecsOf(
			{ addr: other.headerAt ?? server.arena + header, len: other.headerBytes ?? HEADER_BYTES },
			{ addr: other.payloadAt ?? (payloadBytes > 0 ? server.arena + own : 0), len: payloadBytes },
			{ addr: 0, len: 0 },
		),
	);
	const index = other.index ?? queue.index;
	const entry: BareEntry = {
		ring: queue.ring,
		qid: queue.qid,
		header,
		payload: queue.pool ?? own,
		...(index === undefined ? {} : { index }),
		...(other.fd === undefined ? {} : { fd: other.fd }),
	};
	const command = {
		op: COMMAND.register,
		qid: other.qid ?? queue.qid,
		addr: server.arena + iovecs,
		len: other.iovecs ?? 2,
		slot: other.slot ?? (queue.isZeroCopy ? server.newSlot() : 0),
		...(index === undefined ? {} : { index }),
		...(other.isFixed === undefined ? {} : { isFixed: other.isFixed }),
	};
	return { entry, result: await server.command(queue.ring, command, entry, other.waitMs) };
};

export interface RingOptions {
	/** Of each queue. */
	readonly entries?: number;
	/** Of each queue's pool; by default as many as entries. */
	readonly buffers?: number;
	/** A ring for each queue, so that one can be closed without the others. */
	readonly ringEach?: boolean;
	/** What every REGISTER is given instead of what is right. */
	readonly registration?: Registration;
}

/** Sets up all queues as the mode has them, and so makes the connection's ring ready. */
export const setUpQueues = async (
	server: BareServer,
	mode: Mode,
	{ entries = 2, buffers = entries, ringEach = false, registration = {} }: RingOptions = {},
): Promise<readonly BareQueue[]> => {
	const queues: BareQueue[] = [];
	let ring = await ringFor(server, mode);
	for (let qid = 0; qid < server.queues; qid += 1) {
		if (ringEach && qid > 0) ring = await ringFor(server, mode);
		const queue = await makeQueue(server, ring, qid, mode, buffers);
		for (let entry = 0; entry < entries; entry += 1) {
			const { result } = await register(server, queue, registration);
			if (result !== null) throw new Error(`REGISTER on queue ${qid} gave ${result}`);
		}
		queues.push(queue);
	}
	return queues;
};
