import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { makeQueue, register, ringFor } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";

/** In which a request is with the server, or has ended. */
const SETTLES_MS = 500;

/** ADD_BUFPOOL does not look at the slot, so each use of a buffer has to. */
export const testCase = defineCase({
	name: "transport/pool-beyond-slot",
	proves:
		"Of a pool that is longer than its registered buffer the piece inside is used, and a request that gets the one beyond ends with EFAULT.",
	decidedIn: "io_uring/rsrc.c:validate_fixed_range (Linux 7.3)",
	negativeControl: { own: "The request that gets the piece inside is served." },
	needs: ["pinned-pool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		const ring = await ringFor(server, lab.mode);
		for (let qid = 0; qid < server.queues; qid += 1) {
			const queue = await makeQueue(server, ring, qid, lab.mode, 2, 1.5 * server.largestPayload);
			for (let entry = 0; entry < 2; entry += 1) await register(server, queue);
		}
		const look = async (name: string) => await lab.run("taskset", ["-c", "0", "stat", `${server.mount}/${name}`]);
		// Each has a name to send, and so takes a buffer; whichever is first keeps its own.
		const looks = [];
		for (const name of ["one", "two"]) {
			looks.push(look(name));
			await setTimeout(SETTLES_MS);
		}
		const held = await server.held(OP.lookup);
		t.equal(await server.next(SETTLES_MS), null, "one of two requests is with the server");
		await server.reply(held);
		const ends = await Promise.all(looks.map(async (end) => await server.serve(end)));
		t.same(ends.map(({ status }) => status).sort(), [0, 1], "one client is served");
		t.match(ends.find(({ status }) => status === 1)?.stderr, /Bad address/, "the other gets EFAULT");
	},
});
