import { defineCase } from "../case.ts";
import { SLOTS, setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, openFile } from "../lib/bare-work.ts";

/** REGISTER cannot know the ring's table, which may be made later: the request meets it. */
export const testCase = defineCase({
	name: "transport/zero-copy-slot-beyond-table",
	proves: "A zero-copied READ of an entry that names the slot behind the table's last ends with EINVAL.",
	decidedIn: "io_uring/rsrc.c:io_buffer_register_bvec (Linux 7.3)",
	negativeControl: { own: "A READ of a file that is not zero-copied is served by the same entry." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		await setUpQueues(server, lab.mode, { entries: 1, registration: { slot: SLOTS } });
		const { client, fd } = await openFile(server, "shared");
		t.equal(await server.serve(codeOf(client.read(fd, 4096, 0))), "EINVAL", "the read(2) ends");
		const other = await openFile(server, "other");
		t.equal(await server.serve(codeOf(other.client.read(other.fd, 4096, 0))), "ok", "a READ that is copied is served");
	},
});
