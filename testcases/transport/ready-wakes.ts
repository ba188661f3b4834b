import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { type BareQueue, makeQueue, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";

/** So that a client sleeps until the ring is ready. */
const ASLEEP_MS = 500;

/** A queue without an entry could carry nothing, and would leave its clients waiting. */
export const testCase = defineCase({
	name: "transport/ready-wakes",
	proves: "A client sleeps until the last queue has its first entry, and is then served by it.",
	decidedIn: "fs/fuse/dev_uring.c:is_ring_ready, fuse_uring_do_register (Linux 7.3)",
	negativeControl: { own: "Until the last REGISTER nothing comes." },
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		const queues: BareQueue[] = [];
		for (let qid = 0; qid < server.queues; qid += 1) queues.push(await makeQueue(server, ring, qid, lab.mode, 1));
		const last = queues.pop();
		for (const queue of queues) await register(server, queue);
		const statfs = lab.run("taskset", ["-c", String(server.queues - 1), "stat", "-f", server.mount]);
		t.equal(await server.awaited(OP.statfs, ASLEEP_MS), null, "a client of the last queue's CPU sleeps");
		if (last === undefined) throw new Error("there is no queue");
		t.equal((await register(server, last)).result, null, "the last queue gets its entry");
		const request = await server.held(OP.statfs);
		t.equal(request.via.kind === "entry" ? request.via.entry.qid : null, last.qid, "the client's request comes there");
		await server.reply(request);
		t.equal((await server.serve(statfs)).status, 0, "and it has its answer");
	},
});
