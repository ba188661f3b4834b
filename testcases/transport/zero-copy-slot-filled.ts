import { defineCase } from "../case.ts";
import { makeQueue, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, openFile } from "../lib/bare-work.ts";
import { filledSlots } from "../lib/buffer-table.ts";

const BYTES = 4096;

/** What is in the slot is the server's: it is neither replaced nor taken for the client's pages. */
export const testCase = defineCase({
	name: "transport/zero-copy-slot-filled",
	proves: "A zero-copied READ whose slot the server has filled itself ends with EBUSY, and the slot stays as it is.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_set_up_zero_copy; io_uring/rsrc.c:io_buffer_register_bvec (Linux 7.3)",
	negativeControl: { own: "A READ of a file that is not zero-copied is served by the same entry." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		const ring = await ringFor(server, lab.mode);
		for (let qid = 0; qid < server.queues; qid += 1) {
			const slot = server.newSlot();
			await register(server, await makeQueue(server, ring, qid, lab.mode, 1), { slot });
			await server.bare.must("slot", [ring.index, slot, server.allocate(BYTES), BYTES]);
		}
		const before = await filledSlots(server.bare.pid);
		const { client, fd } = await openFile(server, "shared");
		t.equal(await server.serve(codeOf(client.read(fd, BYTES, 0))), "EBUSY", "the read(2) ends");
		t.same(await filledSlots(server.bare.pid), before, "the slots hold what the server put there");
		const other = await openFile(server, "other");
		t.equal(await server.serve(codeOf(other.client.read(other.fd, BYTES, 0))), "ok", "a READ that is copied is served");
	},
});
