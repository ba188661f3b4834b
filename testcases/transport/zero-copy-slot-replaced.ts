import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, openFile } from "../lib/bare-work.ts";
import { filledSlots } from "../lib/buffer-table.ts";

const BYTES = 4096;

/** The commit empties the slot of what the kernel put there, and of nothing else. */
export const testCase = defineCase({
	name: "transport/zero-copy-slot-replaced",
	proves: "A buffer that the server puts into a slot while a zero-copied READ has it is still there after the commit.",
	decidedIn: "fs/fuse/dev_uring.c:zero_copy_unregister; io_uring/rsrc.c:io_buffer_unregister (Linux 7.3)",
	negativeControl: { own: "Before, the slot holds the client's pages." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		const [queue] = await setUpQueues(server, lab.mode, { entries: 1 });
		const { client, fd } = await openFile(server, "shared");
		const reading = codeOf(client.read(fd, BYTES, 0));
		const request = await server.held(OP.read);
		const lent = await filledSlots(server.bare.pid);
		t.equal(lent.length, 1, "the client's pages are in a slot");
		// The slot of queue 0's only entry is the first that was given out.
		await server.bare.must("slot", [queue?.ring.index ?? 0, 0, server.allocate(BYTES), BYTES]);
		const replaced = await filledSlots(server.bare.pid);
		t.not(replaced[0], lent[0], "the server replaces them");
		await server.reply(request);
		t.equal(await server.serve(reading), "ok", "the read(2) ends");
		t.same(await filledSlots(server.bare.pid), replaced, "the server's buffer is still there");
	},
});
