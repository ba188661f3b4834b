import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { type BareRequest, BareServer } from "../lib/bare-server.ts";
import type { FixedIo } from "../lib/bare-wire.ts";
import { ERRNO, openFile } from "../lib/bare-work.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const BYTES = 8192;
const HALF = BYTES / 2;

/** The pages of a READ may only be filled, those of a WRITE only be read: either may hold what the server is not to have. */
export const testCase = defineCase({
	name: "transport/zero-copy-slot-directions",
	proves:
		"A READ's slot takes READ_FIXED at any of its offsets and no WRITE_FIXED, a WRITE's slot the other way round: EFAULT.",
	decidedIn: "io_uring/rsrc.c:io_import_fixed, io_buffer_register_bvec (Linux 7.3)",
	negativeControl: { own: "Each transfer that is refused is made the other way." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		await setUpQueues(server, lab.mode, { entries: 1 });
		const behind = `${lab.behind}/behind`;
		const content = patternOf(5, BYTES);
		await writeFile(behind, content);
		const file = await server.bare.must("open", [behind]);
		const { client, fd } = await openFile(server, "shared");
		/** The slot of queue 0's only entry is the first that was given out. */
		const transfer = async ({ via }: BareRequest, op: FixedIo["op"], at: number, from = at): Promise<number | null> => {
			if (via.kind === "device") throw new Error("the request came by /dev/fuse");
			return await server.fixedIo(via.entry.ring, { op, fd: file, offset: from, addr: at, len: HALF, index: 0 });
		};
		const reading = client.read(fd, BYTES, 0);
		const read = await server.held(OP.read);
		t.equal(await transfer(read, "write", 0), -ERRNO.EFAULT, "WRITE_FIXED from a READ's slot");
		t.equal(await transfer(read, "read", 0, HALF), HALF, "READ_FIXED into its first half");
		t.equal(await transfer(read, "read", HALF, 0), HALF, "and into its second");
		await server.reply(read);
		const halves = Buffer.concat([content.subarray(HALF), content.subarray(0, HALF)]);
		sameBytes(t, await server.serve(reading), halves, "the client has them there");
		const written = patternOf(6, BYTES);
		const writing = client.write(fd, written, 0);
		const write = await server.held(OP.write);
		t.equal(await transfer(write, "read", 0), -ERRNO.EFAULT, "READ_FIXED into a WRITE's slot");
		t.equal(await transfer(write, "write", 0), HALF, "WRITE_FIXED from its first half");
		t.equal(await transfer(write, "write", HALF), HALF, "and from its second");
		await server.reply(write);
		t.equal(await server.serve(writing), BYTES, "the client's write ends well");
		sameBytes(t, await readFile(behind), written, "and is what the server has");
	},
});
