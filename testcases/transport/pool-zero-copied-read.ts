import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, holdRead, openFile } from "../lib/bare-work.ts";

/** A zero-copied READ brings its own pages, a WRITE a reply. */
export const testCase = defineCase({
	name: "transport/pool-zero-copied-read",
	proves: "While a READ holds a queue's only pool buffer, a zero-copied READ is served, and a zero-copied WRITE waits.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_req_has_copyable_payload (Linux 7.3)",
	negativeControl: { own: "The WRITE of the same client has to wait." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		await setUpQueues(server, lab.mode, { entries: 2, buffers: 1 });
		const { client, fd } = await openFile(server, "shared");
		// The first WRITE asks for file capabilities; later ones know the answer.
		t.equal(await server.serve(codeOf(client.write(fd, Buffer.alloc(4096), 0))), "ok", "a write first");
		const { request, ended } = await holdRead(server);
		const reading = codeOf(client.read(fd, 4096, 0));
		const read = await server.awaited(OP.read, 2_000);
		if (!t.ok(read?.isZeroCopied, "the zero-copied READ comes") || read === null) return;
		await server.reply(read);
		t.equal(await reading, "ok", "its read(2) ends");
		const writing = codeOf(client.write(fd, Buffer.alloc(4096), 0));
		t.equal(await server.next(150), null, "the WRITE does not come");
		await server.reply(request);
		t.equal(await server.serve(writing), "ok", "with the buffer back it is served");
		t.equal(await ended, "ok", "the first read ends well");
	},
});
