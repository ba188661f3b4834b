import { constants } from "node:fs";
import { defineCase, type Lab } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { DIRECT } from "../lib/bare-work.ts";

const BYTES = 65_536;
const SHORT = 512;

/** The first WRITE of several is answered with so many bytes more than it was asked. Gives that sum, and what write(2) gave, or its error's code. */
const writeAnswered = async (lab: Lab, flags: number, more: number) => {
	const isRing = lab.mode !== "devfuse";
	await using server = await BareServer.start(lab, { flags: isRing ? INIT.overIoUring : 0n });
	if (isRing) await setUpQueues(server, lab.mode);
	const client = await server.client();
	const fd = await server.serve(client.open(`${server.mount}/file`, flags));
	const writing = client.write(fd, Buffer.alloc(BYTES), 0).catch((error: NodeJS.ErrnoException) => error.code);
	const first = await server.held(OP.write);
	const answered = first.op.readUInt32LE(16) + more;
	const answer = Buffer.alloc(8);
	answer.writeUInt32LE(answered, 0);
	await server.reply(first, answer);
	return { answered, got: await server.serve(writing) };
};

/** How much a server wrote is its own word, which is taken only where it can be true. */
export const testCase = defineCase({
	name: "transport/write-answers",
	proves:
		"A buffered write(2) ends where its first WRITE was short, and any with EIO where a WRITE says more than it was asked.",
	decidedIn: "fs/fuse/file.c:fuse_perform_write, fuse_send_write_pages, fuse_direct_io (Linux 7.3)",
	negativeControl: { own: "With the right answer all is written." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		for (const [name, flags] of [
			["buffered", constants.O_RDWR],
			["direct", DIRECT],
		] as const) {
			t.equal((await writeAnswered(lab, flags, 0)).got, BYTES, `${name}, answered rightly`);
			t.equal((await writeAnswered(lab, flags, SHORT)).got, "EIO", `${name}, too much`);
		}
		// What a direct write leaves over is written through the page cache.
		const { answered, got } = await writeAnswered(lab, constants.O_RDWR, -SHORT);
		t.equal(got, answered, "buffered, short");
	},
});
