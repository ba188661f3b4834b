import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, holdRead, openFile } from "../lib/bare-work.ts";

/** What has nothing to copy does not wait for a buffer. */
export const testCase = defineCase({
	name: "transport/pool-request-without-payload",
	proves: "While a READ holds a queue's only pool buffer, an FSYNC is served, and a GETATTR waits for the buffer.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_req_has_copyable_payload (Linux 7.3)",
	negativeControl: { own: "The GETATTR of the same client has to wait." },
	needs: ["add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode, { entries: 2, buffers: 1 });
		const other = await openFile(server, "other");
		const { request, ended } = await holdRead(server);
		const syncing = codeOf(other.client.sync(other.fd));
		const fsync = await server.awaited(OP.fsync, 2_000);
		if (!t.ok(fsync, "the FSYNC comes") || fsync === null) return;
		await server.reply(fsync);
		t.equal(await syncing, "ok", "fsync(2) ends");
		const asking = codeOf(other.client.size(other.fd));
		t.equal(await server.next(150), null, "the GETATTR does not come");
		await server.reply(request);
		t.equal(await server.serve(asking), "ok", "with the buffer back it is served");
		t.equal(await ended, "ok", "the read ends well");
	},
});
