/** Rings of a bare server, the memory that their entries name, and what has completed. */
import type { BareAnswer, BareProcess } from "./bare-process.ts";
import { type Command, entryOf, type FixedIo, fixedEntryOf, SQE128 } from "./bare-wire.ts";

const PAGE = 4096;

export interface BareRing {
	readonly index: number;
	/** Bytes of a submission entry. */
	readonly entryBytes: 64 | 128;
}

/** An entry of a queue: where its memory is, as offsets in the arena, and how its commands name it. */
export interface BareEntry {
	readonly ring: BareRing;
	readonly qid: number;
	readonly header: number;
	/** Its payload's buffer, or the pool that it shares. */
	readonly payload: number;
	/** The slot of a registered pool. */
	readonly index?: number;
	/** The descriptor of /dev/fuse that its commands name; by default the mount's. */
	readonly fd?: number;
}

/** A command whose descriptor is the mount's, where it names no other. */
type FreeCommand = Omit<Command, "fd"> & Partial<Pick<Command, "fd">>;

export class BareRings {
	readonly bare: BareProcess;
	/** Address of the arena. */
	readonly arena: number;
	/** The mount's descriptor of /dev/fuse. */
	readonly fd: number;
	/** Whose request a completion brings, by its command's token. */
	readonly #entries = new Map<number, BareEntry>();
	readonly #events: BareAnswer[] = [];
	#used = 0;
	#slots = 0;
	#token = 0;

	protected constructor(bare: BareProcess, arena: number, fd: number) {
		this.bare = bare;
		this.arena = arena;
		this.fd = fd;
	}

	/** Memory of the arena: an offset that no one else has, at a page's beginning. */
	allocate(bytes: number): number {
		const at = this.#used;
		this.#used += Math.ceil(bytes / PAGE) * PAGE;
		return at;
	}

	/** A zero-copy slot that no entry has yet. */
	newSlot(): number {
		return this.#slots++;
	}

	async poke(offset: number, bytes: Buffer): Promise<void> {
		if (bytes.length > 0) await this.bare.must("poke", [offset, bytes]);
	}

	async peek(offset: number, length: number): Promise<Buffer> {
		const answer = await this.bare.order("peek", [offset, length]);
		return "data" in answer ? Buffer.from(answer.data, "hex") : Buffer.alloc(0);
	}

	async ring({ entries = 64, flags = SQE128 } = {}): Promise<BareRing> {
		const index = await this.bare.must("ring", [entries, flags]);
		return { index, entryBytes: (flags & SQE128) === 0 ? 64 : 128 };
	}

	/**
	 * Submits one command and gives the result that its completion has within `waitMs`; null: it has none yet, as of one
	 * that is parked. `entry` is whose request a completion without an error brings.
	 */
	async command(ring: BareRing, command: FreeCommand, entry?: BareEntry, waitMs = 0): Promise<number | null> {
		const token = ++this.#token;
		if (entry !== undefined) this.#entries.set(token, entry);
		await this.bare.must("submit", [
			ring.index,
			entryOf({ fd: entry?.fd ?? this.fd, ...command }, token, ring.entryBytes),
		]);
		const isEnd = (event: BareAnswer): boolean =>
			event.kind === "completion" && event.token === token && (event.result !== 0 || entry === undefined);
		return (await this.take(isEnd, waitMs, []))?.result ?? null;
	}

	/** Bytes that such a transfer moved within `waitMs`, an errno below zero, or null. */
	async fixedIo(ring: BareRing, io: FixedIo, waitMs = 2_000): Promise<number | null> {
		const token = ++this.#token;
		await this.bare.must("submit", [ring.index, fixedEntryOf(io, token)]);
		const isEnd = (event: BareAnswer): boolean => event.kind === "completion" && event.token === token;
		return (await this.take(isEnd, waitMs, []))?.result ?? null;
	}

	/** Whose request the completion of that command brings; undefined where it can bring none. */
	protected entryAt(token: number): BareEntry | undefined {
		return this.#entries.get(token);
	}

	/** The first event that is wanted, of those that have come or come within `waitMs`; the others are kept. */
	protected async take(
		isWanted: (event: BareAnswer) => boolean,
		waitMs: number,
		devices: readonly number[],
	): Promise<BareAnswer | null> {
		const end = performance.now() + waitMs;
		for (;;) {
			const known = this.#events.findIndex(isWanted);
			if (known >= 0) return this.#events.splice(known, 1)[0] ?? null;
			const left = Math.max(0, Math.ceil(end - performance.now()));
			const event = await this.bare.order("wait", [left, 1, ...devices], left);
			if (event.kind === "nothing") return null;
			this.#events.push(event);
		}
	}
}
