import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { NOWHERE } from "../lib/bare-work.ts";

/** A request that the server could not read must not be left with it. */
export const testCase = defineCase({
	name: "transport/header-without-memory",
	proves: "A request whose header cannot be written to its entry ends with EFAULT, and so does the next.",
	decidedIn: "fs/fuse/dev_uring.c:copy_header_to_ring (Linux 7.3)",
	negativeControl: { own: "REGISTER with the same address is parked: only the request meets it." },
	needs: ["own-server", "ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode, { entries: 1, registration: { headerAt: NOWHERE } });
		for (const turn of ["first", "next"])
			t.match((await lab.run("stat", ["-f", server.mount])).stderr, /Bad address/, `the ${turn} request`);
	},
});
