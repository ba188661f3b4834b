import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";

const READDIR: ReadonlySet<number> = new Set([OP.readdir, OP.readdirplus]);

/** The kernel reads folders into memory of its own, whatever the server says as it opens them. */
export const testCase = defineCase({
	name: "transport/zero-copy-folder",
	proves: "A READDIR is copied though the folder was opened for zero-copy.",
	decidedIn: "fs/fuse/readdir.c:fuse_readdir_uncached; fs/fuse/dev_uring.c:fuse_uring_set_up_zero_copy (Linux 7.3)",
	negativeControl: { own: "A READDIR has to come." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		// The folder itself has no name.
		await using server = await BareServer.start(lab, { zeroCopied: [""] });
		await setUpQueues(server, lab.mode);
		const listing = lab.run("ls", [server.mount]);
		let request = await server.next(5_000);
		while (request !== null && !READDIR.has(request.opcode)) {
			await server.reply(request);
			request = await server.next(5_000);
		}
		if (!t.ok(request, "a READDIR comes") || request === null) return;
		t.equal(request.isZeroCopied, false, "it is copied");
		await server.reply(request, Buffer.alloc(0));
		t.equal((await server.serve(listing)).status, 0, "and ends well");
	},
});
