import t from "tap";
import { COMMAND, deviceReply, entryOf, entryReply, entryRequest, HEADER_BYTES, INIT, initReply } from "./bare-wire.ts";

t.test("puts every field of a command where the kernel looks for it", async (t) => {
	const pool = { addr: 0x7f00_0000_1000, len: 65_536, reserved: 9 };
	const entry = entryOf({ op: COMMAND.addBufpool, fd: 5, qid: 3, flags: 1n << 63n, commitId: 7n, index: 33, pool }, 12);
	t.equal(entry.length, 128);
	t.equal(entry.readUInt8(0), 46, "IORING_OP_URING_CMD");
	t.same([entry.readInt32LE(4), entry.readUInt32LE(8), entry.readUInt32LE(12)], [5, 4, 0], "fd, cmd_op, pad");
	t.same([entry.readUInt32LE(28), entry.readUInt16LE(40)], [1, 33], "FIXED and its slot");
	t.same([entry.readBigUInt64LE(48), entry.readBigUInt64LE(56), entry.readUInt16LE(64)], [1n << 63n, 7n, 3]);
	t.same([entry.readBigUInt64LE(72), entry.readUInt32LE(80), entry.readUInt32LE(84)], [0x7f00_0000_1000n, 65_536, 9]);
	t.equal(entryOf({ op: COMMAND.addQueue, fd: 5 }, 1, 64).length, 64, "a plain ring's is cut");
});

t.test("reads a request, and writes its reply, in an entry's header", async (t) => {
	const header = Buffer.alloc(HEADER_BYTES);
	header.writeUInt32LE(40 + 40 + 100, 0);
	header.writeUInt32LE(16, 4);
	header.writeBigUInt64LE(8n, 8);
	header.writeBigUInt64LE(1n, 256);
	header.writeBigUInt64LE(8n, 264);
	header.writeUInt32LE(100, 272);
	header.writeUInt32LE(8192, 276);
	const request = entryRequest(header);
	t.match(request, { opcode: 16, unique: 8n, commitId: 8n, payloadBytes: 100, offset: 8192, isZeroCopied: true });
	t.equal(request.op.length, 40, "what is neither header nor payload is the operation's");
	const reply = entryReply(request, Buffer.alloc(8));
	t.same([reply.readUInt32LE(0), reply.readInt32LE(4), reply.readUInt32LE(272)], [24, 0, 8]);
	t.same([entryReply(request, -4).readInt32LE(4), entryReply(request, -4).readUInt32LE(272)], [-4, 0]);
	t.same(deviceReply(8n, Buffer.from("x")), Buffer.concat([reply.subarray(0, 16).fill(17, 0, 1), Buffer.from("x")]));
});

t.test("splits the flags of INIT into two words", async (t) => {
	const reply = initReply({
		flags: INIT.ext | INIT.overIoUring,
		maxWrite: 4096,
		maxPages: 1,
		requestTimeout: 15,
		maxBackground: 7,
	});
	t.same([reply.readUInt32LE(12), reply.readUInt32LE(32), reply.readUInt16LE(40)], [1 << 30, 1 << 9, 15]);
	t.equal(reply.readUInt16LE(16), 7, "max_background");
});
