/** The file system that a bare server serves where a case does not say otherwise: one folder, in which every name is a file. */
import type { Reply } from "./bare-wire.ts";
import { patternOf } from "./pattern.ts";

/** enum fuse_opcode */
export const OP = {
	lookup: 1,
	forget: 2,
	getattr: 3,
	open: 14,
	read: 15,
	write: 16,
	statfs: 17,
	release: 18,
	fsync: 20,
	flush: 25,
	init: 26,
	opendir: 27,
	readdir: 28,
	releasedir: 29,
	interrupt: 36,
	batchForget: 42,
	readdirplus: 44,
} as const;

const ROOT = 1n;
export const FILE_BYTES = 8192;
const ENOSYS = -38;
const FOPEN_ZERO_COPY = 1 << 8;
const S_IFDIR = 0o040755;
const S_IFREG = 0o100644;

/** What of a request says how it is answered. */
export interface Asked {
	readonly opcode: number;
	readonly nodeid: bigint;
	/** The operation's header. */
	readonly op: Buffer;
	/** Names; no data of a WRITE. */
	readonly payload: Buffer;
}

/** struct fuse_attr, behind `before` bytes of whoever has it; no attribute is valid for any time. */
const attributes = (nodeid: bigint, before: number): Buffer => {
	const out = Buffer.alloc(before + 88);
	out.writeBigUInt64LE(nodeid, before);
	out.writeBigUInt64LE(BigInt(FILE_BYTES), before + 8);
	out.writeUInt32LE(nodeid === ROOT ? S_IFDIR : S_IFREG, before + 60);
	out.writeUInt32LE(1, before + 64);
	out.writeUInt32LE(4096, before + 80);
	return out;
};

/** What a file holds, so that a client can tell that it was served. */
export const contentOf = (nodeid: bigint): Buffer => patternOf(Number(nodeid), FILE_BYTES);

export class BareFiles {
	readonly #names: string[] = [];
	/** Names of files whose READs and WRITEs are to be zero-copied. */
	readonly #zeroCopied: readonly string[];

	constructor(zeroCopied: readonly string[] = []) {
		this.#zeroCopied = zeroCopied;
	}

	nodeidOf(name: string): bigint {
		if (!this.#names.includes(name)) this.#names.push(name);
		return ROOT + 1n + BigInt(this.#names.indexOf(name));
	}

	/** Null: no reply is due. */
	answer({ opcode, nodeid, op, payload }: Asked): Reply | null {
		switch (opcode) {
			case OP.forget:
			case OP.batchForget:
			case OP.interrupt:
				return null;
			case OP.lookup: {
				const child = this.nodeidOf(payload.toString("latin1", 0, payload.indexOf(0)));
				const entry = attributes(child, 40);
				entry.writeBigUInt64LE(child, 0);
				return entry;
			}
			case OP.getattr:
				return attributes(nodeid, 16);
			case OP.open:
			case OP.opendir:
				return this.#opened(nodeid);
			case OP.read: {
				const [offset, size] = [Number(op.readBigUInt64LE(8)), op.readUInt32LE(16)];
				return contentOf(nodeid).subarray(offset, offset + size);
			}
			case OP.write: {
				const out = Buffer.alloc(8);
				op.copy(out, 0, 16, 20);
				return out;
			}
			case OP.statfs:
				return Buffer.alloc(80);
			case OP.release:
			case OP.fsync:
			case OP.flush:
			case OP.releasedir:
				return Buffer.alloc(0);
			default:
				return ENOSYS;
		}
	}

	#opened(nodeid: bigint): Buffer {
		const out = Buffer.alloc(16);
		const name = this.#names[Number(nodeid - ROOT) - 1] ?? "";
		out.writeUInt32LE(this.#zeroCopied.includes(name) ? FOPEN_ZERO_COPY : 0, 8);
		return out;
	}
}
