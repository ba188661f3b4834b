import { defineCase } from "../case.ts";
import { makeQueue, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { holdRead } from "../lib/bare-work.ts";

/** A command's descriptor only says which connection is meant. */
export const testCase = defineCase({
	name: "transport/clone-registers",
	proves: "Entries that were registered by way of a cloned /dev/fuse get requests, and either descriptor commits them.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd; fs/fuse/dev.c:fuse_dev_ioctl_clone (Linux 7.3)",
	negativeControl: { own: "The requests come by the ring, which has no other entries." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const fd = await server.cloneDevice();
		const ring = await ringFor(server, lab.mode);
		for (let qid = 0; qid < server.queues; qid += 1) {
			const queue = await makeQueue(server, ring, qid, lab.mode, 1);
			t.equal((await register(server, queue, { fd })).result, null, `an entry of queue ${qid}`);
		}
		for (const [file, by] of [
			["first", fd],
			["second", server.fd],
		] as const) {
			const { request, ended } = await holdRead(server, file);
			if (request.via.kind === "device") return void t.fail("the request came by /dev/fuse");
			const { entry, request: inEntry } = request.via;
			const other = { ...request, via: { kind: "entry", entry: { ...entry, fd: by }, request: inEntry } } as const;
			t.equal(await server.reply(other), null, `the commit by descriptor ${by} is taken`);
			t.equal(await ended, "ok", "the read ends well");
		}
	},
});
