/** What a bare server puts into entries and replies, byte by byte (include/uapi/linux/fuse.h and io_uring.h, Linux 7.3). */

/** Flag bits of FUSE_INIT. */
export const INIT = {
	asyncRead: 1n << 0n,
	abortError: 1n << 21n,
	maxPages: 1n << 22n,
	ext: 1n << 30n,
	overIoUring: 1n << 41n,
	requestTimeout: 1n << 42n,
	hasBufpool: 1n << 43n,
} as const;

/** enum fuse_uring_cmd */
export const COMMAND = { register: 1, commit: 2, addQueue: 3, addBufpool: 4 } as const;
/** Flag of ADD_QUEUE. */
export const ZERO_COPY = 1n;
/** Flag of fuse_uring_ent_in_out: the pages of this request are in the entry's slot. */
const ENTRY_ZERO_COPY = 1n;
/** IORING_SETUP_SQE128 */
export const SQE128 = 1 << 10;
const IORING_OP_URING_CMD = 46;
const IORING_URING_CMD_FIXED = 1;

/** Bytes of fuse_uring_req_header, and where its parts are. */
export const HEADER_BYTES = 288;
const OP_AT = 128;
const ENTRY_AT = 256;
const IN_HEADER = 40;
const OUT_HEADER = 16;

/** Every field of a command that a case may set; what is left out is zero. */
export interface Command {
	readonly op: number;
	readonly fd: number;
	readonly qid?: number;
	readonly flags?: bigint;
	readonly commitId?: bigint;
	/** sqe.addr and sqe.len: REGISTER's two iovecs. */
	readonly addr?: number;
	readonly len?: number;
	/** sqe.buf_index with IORING_URING_CMD_FIXED; without it the command names no registered buffer. */
	readonly index?: number;
	/** False: the index without the flag. */
	readonly isFixed?: boolean;
	/** ent_zero_copy_buf_index of REGISTER. */
	readonly slot?: number;
	/** uaddr, len and reserved of ADD_BUFPOOL. */
	readonly pool?: { readonly addr: number; readonly len: number; readonly reserved?: number };
}

/** One submission entry; of 64 bytes there is only the command's beginning. */
export const entryOf = (command: Command, token: number, bytes: 64 | 128 = 128): Buffer => {
	const entry = Buffer.alloc(128);
	entry.writeUInt8(IORING_OP_URING_CMD, 0);
	entry.writeInt32LE(command.fd, 4);
	entry.writeUInt32LE(command.op, 8);
	entry.writeBigUInt64LE(BigInt(command.addr ?? 0), 16);
	entry.writeUInt32LE(command.len ?? 0, 24);
	entry.writeUInt32LE(command.index === undefined || command.isFixed === false ? 0 : IORING_URING_CMD_FIXED, 28);
	entry.writeBigUInt64LE(BigInt(token), 32);
	entry.writeUInt16LE(command.index ?? 0, 40);
	entry.writeBigUInt64LE(command.flags ?? 0n, 48);
	entry.writeBigUInt64LE(command.commitId ?? 0n, 56);
	entry.writeUInt16LE(command.qid ?? 0, 64);
	entry.writeUInt16LE(command.slot ?? 0, 72);
	if (command.pool !== undefined) {
		entry.writeBigUInt64LE(BigInt(command.pool.addr), 72);
		entry.writeUInt32LE(command.pool.len, 80);
		entry.writeUInt32LE(command.pool.reserved ?? 0, 84);
	}
	return entry.subarray(0, bytes);
};

/** IORING_OP_READ_FIXED and IORING_OP_WRITE_FIXED: between a file and a registered buffer. */
const FIXED_OPS = { read: 4, write: 5 } as const;

export interface FixedIo {
	readonly op: keyof typeof FIXED_OPS;
	readonly fd: number;
	readonly offset: number;
	/** Of a slot that the kernel filled: an offset in it. */
	readonly addr: number;
	readonly len: number;
	readonly index: number;
}

/** One submission entry of such a transfer. */
export const fixedEntryOf = ({ op, fd, offset, addr, len, index }: FixedIo, token: number): Buffer => {
	const entry = Buffer.alloc(128);
	entry.writeUInt8(FIXED_OPS[op], 0);
	entry.writeInt32LE(fd, 4);
	entry.writeBigUInt64LE(BigInt(offset), 8);
	entry.writeBigUInt64LE(BigInt(addr), 16);
	entry.writeUInt32LE(len, 24);
	entry.writeBigUInt64LE(BigInt(token), 32);
	entry.writeUInt16LE(index, 40);
	return entry;
};

/** REGISTER's iovecs: the header's memory and the payload's. */
export const iovecsOf = (...parts: readonly { readonly addr: number; readonly len: number }[]): Buffer => {
	const words = new BigUint64Array(parts.flatMap(({ addr, len }) => [BigInt(addr), BigInt(len)]));
	return Buffer.from(words.buffer);
};

export interface RequestHeader {
	readonly opcode: number;
	readonly unique: bigint;
	readonly nodeid: bigint;
	readonly pid: number;
}

const headerOf = (bytes: Buffer): RequestHeader & { readonly len: number } => ({
	len: bytes.readUInt32LE(0),
	opcode: bytes.readUInt32LE(4),
	unique: bytes.readBigUInt64LE(8),
	nodeid: bytes.readBigUInt64LE(16),
	pid: bytes.readUInt32LE(32),
});

/** A request as read(2) of /dev/fuse gives it; `body` is all behind the header. */
export const deviceRequest = (bytes: Buffer): RequestHeader & { readonly body: Buffer } => ({
	...headerOf(bytes),
	body: bytes.subarray(IN_HEADER),
});

export interface EntryRequest extends RequestHeader {
	/** The operation's own header. */
	readonly op: Buffer;
	readonly commitId: bigint;
	readonly payloadBytes: number;
	/** Of the payload's buffer in the pool. */
	readonly offset: number;
	readonly isZeroCopied: boolean;
}

/** A request as it stands in an entry's header. */
export const entryRequest = (bytes: Buffer): EntryRequest => {
	const { len, ...header } = headerOf(bytes);
	const payloadBytes = bytes.readUInt32LE(ENTRY_AT + 16);
	return {
		...header,
		op: bytes.subarray(OP_AT, OP_AT + len - IN_HEADER - payloadBytes),
		commitId: bytes.readBigUInt64LE(ENTRY_AT + 8),
		payloadBytes,
		offset: bytes.readUInt32LE(ENTRY_AT + 20),
		isZeroCopied: (bytes.readBigUInt64LE(ENTRY_AT) & ENTRY_ZERO_COPY) !== 0n,
	};
};

/** A reply: its body, or a negative errno. */
export type Reply = Buffer | number;

const outHeader = (unique: bigint, reply: Reply): Buffer => {
	const body = typeof reply === "number" ? 0 : reply.length;
	const header = Buffer.alloc(OUT_HEADER);
	header.writeUInt32LE(OUT_HEADER + body, 0);
	header.writeInt32LE(typeof reply === "number" ? reply : 0, 4);
	header.writeBigUInt64LE(unique, 8);
	return header;
};

/** What write(2) of /dev/fuse wants. */
export const deviceReply = (unique: bigint, reply: Reply): Buffer =>
	Buffer.concat([outHeader(unique, reply), typeof reply === "number" ? Buffer.alloc(0) : reply]);

/** An entry's whole header as a reply; the body goes to the payload's buffer. */
export const entryReply = ({ unique, commitId }: EntryRequest, reply: Reply): Buffer => {
	const header = Buffer.alloc(HEADER_BYTES);
	outHeader(unique, reply).copy(header);
	header.writeBigUInt64LE(commitId, ENTRY_AT + 8);
	header.writeUInt32LE(typeof reply === "number" ? 0 : reply.length, ENTRY_AT + 16);
	return header;
};

export interface InitReply {
	readonly flags: bigint;
	readonly maxWrite: number;
	readonly maxPages: number;
	/** Seconds; 0: none asked for. */
	readonly requestTimeout: number;
	/** 0: the kernel's own limit. */
	readonly maxBackground: number;
}

/** fuse_init_out of protocol 7.46. */
export const initReply = ({ flags, maxWrite, maxPages, requestTimeout, maxBackground }: InitReply): Buffer => {
	const out = Buffer.alloc(64);
	out.writeUInt32LE(7, 0);
	out.writeUInt32LE(46, 4);
	out.writeUInt32LE(Number(flags & 0xffffffffn), 12);
	out.writeUInt16LE(maxBackground, 16);
	out.writeUInt32LE(maxWrite, 20);
	out.writeUInt32LE(1, 24);
	out.writeUInt16LE(maxPages, 28);
	out.writeUInt32LE(Number(flags >> 32n), 32);
	out.writeUInt16LE(requestTimeout, 40);
	return out;
};

/** The flags that a kernel offers in INIT. */
export const offeredIn = (init: Buffer): bigint =>
	BigInt(init.readUInt32LE(12)) | (BigInt(init.readUInt32LE(16)) << 32n);
