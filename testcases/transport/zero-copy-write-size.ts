import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { openFile } from "../lib/bare-work.ts";

/** A server reckons with it: header length less payload is the operation's own header. */
export const testCase = defineCase({
	name: "transport/zero-copy-write-size",
	proves: "A zero-copied WRITE says its payload's size and that it is zero-copied, one that is copied only the size.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_set_up_zero_copy, fuse_uring_copy_to_ring (Linux 7.3)",
	negativeControl: { own: "The other file's WRITE is copied." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		await setUpQueues(server, lab.mode);
		for (const name of ["shared", "other"])
			for (const bytes of [4096, 8192]) {
				const { client, fd } = await openFile(server, name);
				const writing = client.write(fd, Buffer.alloc(bytes), 0);
				const request = await server.held(OP.write);
				const payload = request.via.kind === "entry" ? request.via.request.payloadBytes : -1;
				t.same([payload, request.isZeroCopied], [bytes, name === "shared"], `${bytes} bytes to ${name}`);
				await server.reply(request);
				t.equal(await server.serve(writing), bytes, "it ends well");
			}
	},
});
