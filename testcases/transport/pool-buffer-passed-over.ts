import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, holdRead, openFile } from "../lib/bare-work.ts";

/** So that a request is in the queue before the next one. */
const QUEUED_MS = 300;

/** A commit that fetches a request without payload gives its entry's buffer back. */
export const testCase = defineCase({
	name: "transport/pool-buffer-passed-over",
	proves: "An FSYNC that follows a READ on its entry does not keep the queue's only buffer from a GETATTR.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_next_req_update_buffer (Linux 7.3)",
	negativeControl: { own: "While the READ has the buffer nothing comes." },
	needs: ["add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode, { entries: 2, buffers: 1 });
		const [first, second, third] = [
			await openFile(server, "first"),
			await openFile(server, "second"),
			await openFile(server, "third"),
		];
		const { request: read, ended } = await holdRead(server);
		const firstSync = codeOf(first.client.sync(first.fd));
		const other = await server.held(OP.fsync);
		const secondSync = codeOf(second.client.sync(second.fd));
		await setTimeout(QUEUED_MS);
		const asking = codeOf(third.client.size(third.fd));
		t.equal(await server.next(QUEUED_MS), null, "both entries are busy: nothing comes");
		await server.reply(read);
		const held = await server.next(2_000);
		t.equal(held?.opcode, OP.fsync, "the READ's commit fetches the second FSYNC");
		await server.reply(other);
		const getattr = await server.next(2_000);
		t.equal(getattr?.opcode, OP.getattr, "the first FSYNC's commit fetches the GETATTR, which takes the buffer");
		for (const request of [held, getattr]) if (request !== null) await server.reply(request);
		for (const end of [ended, firstSync, secondSync, asking]) t.equal(await server.serve(end), "ok", "all end well");
	},
});
