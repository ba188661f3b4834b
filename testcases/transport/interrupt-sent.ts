import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, holdRead } from "../lib/bare-work.ts";

const LONGEST_MS = 5_000;

/** The request went by the ring; INTERRUPT goes by /dev/fuse, to a server that may sleep there. */
export const testCase = defineCase({
	name: "transport/interrupt-sent",
	proves:
		"A signal to a client whose request is with the server sends an INTERRUPT at once that names it, and EINTR ends the call.",
	decidedIn: "fs/fuse/dev.c:request_wait_answer, fuse_dev_queue_interrupt (Linux 6.14)",
	negativeControl: { own: "Before the signal nothing can be read from /dev/fuse." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode);
		const { client, request, ended } = await holdRead(server);
		t.notOk(await server.isReadable(0), "no INTERRUPT before the signal");
		const reading = server.read(LONGEST_MS);
		await setTimeout(50);
		const started = performance.now();
		client.interrupt();
		const interrupt = await reading;
		// A wait that has ended looks once more, and would find what nobody was woken for.
		t.ok(performance.now() - started < LONGEST_MS / 2, "the server's sleep ends with the signal");
		if (interrupt === null || typeof interrupt === "number") return void t.fail("no INTERRUPT can be read");
		t.equal(interrupt.opcode, OP.interrupt, "it is an INTERRUPT");
		t.equal(interrupt.unique, request.unique | 1n, "with an id of its own");
		t.equal(interrupt.op.readBigUInt64LE(0), request.unique, "that names the request");
		await server.reply(request, -ERRNO.EINTR);
		t.equal(await ended, "EINTR", "the client's call ends with the server's EINTR");
	},
});
