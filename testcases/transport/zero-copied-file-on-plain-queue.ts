import { defineCase } from "../case.ts";
import { contentOf } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { holdRead } from "../lib/bare-work.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The queue decides first: a plain one has no slots. */
export const testCase = defineCase({
	name: "transport/zero-copied-file-on-plain-queue",
	proves: "A READ of a file that was opened for zero-copy is copied where its queue is without.",
	decidedIn: "fs/fuse/dev_uring.c:can_zero_copy_req (Linux 7.3)",
	negativeControl: { own: "The client finds the file's own bytes, which were in the payload's buffer alone." },
	needs: ["add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["file"] });
		await setUpQueues(server, lab.mode === "zerocopy" ? "bufpool" : lab.mode);
		const { request, reading } = await holdRead(server);
		t.equal(request.isZeroCopied, false, "the READ is copied");
		await server.reply(request);
		const content = contentOf(server.files.nodeidOf("file"));
		sameBytes(t, await server.serve(reading), content.subarray(0, 4096), "the client has the data");
	},
});
