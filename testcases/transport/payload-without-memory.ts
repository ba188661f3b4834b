import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, NOWHERE } from "../lib/bare-work.ts";

/** So that the second client's request is in the queue. */
const QUEUED_MS = 500;

/** A commit takes the next request in the same call, so its failure must not become the committer's, nor the entry be sent empty. */
export const testCase = defineCase({
	name: "transport/payload-without-memory",
	proves:
		"A request whose payload cannot be copied to its entry ends with EFAULT as a commit fetches it, and the entry serves the next.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_get_next_fuse_req, fuse_uring_prepare_send (Linux 7.3)",
	negativeControl: {
		own: "Requests without a payload, either way, are served by the same entry before and afterwards.",
	},
	needs: ["own-server", "own-payload"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode, { entries: 1, registration: { payloadAt: NOWHERE } });
		const statfs = async () => await lab.run("taskset", ["-c", "0", "stat", "-f", server.mount]);
		const refused = /Input\/output error/;
		const first = statfs();
		const held = await server.held(OP.statfs);
		const second = lab.run("taskset", ["-c", "0", "stat", `${server.mount}/name`]);
		await setTimeout(QUEUED_MS);
		t.equal(await server.reply(held, -ERRNO.EIO), null, "the commit is parked with nothing to serve");
		t.match((await first).stderr, refused, "the first client has its answer");
		t.match((await server.serve(second)).stderr, /Bad address/, "the second, which has a name to send, gets EFAULT");
		const third = statfs();
		await server.reply(await server.held(OP.statfs), -ERRNO.EIO);
		t.match((await third).stderr, refused, "and the entry serves a third");
	},
});
