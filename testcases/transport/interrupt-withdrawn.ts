import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { holdRead } from "../lib/bare-work.ts";

/** A request that is over cannot be interrupted. */
export const testCase = defineCase({
	name: "transport/interrupt-withdrawn",
	proves: "An INTERRUPT that nobody has read goes away with the reply to its request, and the client has its data.",
	decidedIn: "fs/fuse/dev.c:fuse_request_end (Linux 6.14)",
	negativeControl: { own: "Before the reply the INTERRUPT can be read." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode);
		const { client, request, ended } = await holdRead(server);
		client.interrupt();
		t.ok(await server.isReadable(5_000), "the INTERRUPT is there");
		t.equal(await server.reply(request), null, "the reply is taken");
		t.equal(await ended, "ok", "the read ends well");
		t.notOk(await server.isReadable(100), "the INTERRUPT is gone");
	},
});
