import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeWithin, holdRead } from "../lib/bare-work.ts";
import { hasEnded } from "../lib/fuse-connection.ts";

/** A connection ends with the last descriptor of it, whoever has that. */
export const testCase = defineCase({
	name: "transport/fork-holds-connection",
	proves:
		"While a forked child has /dev/fuse open, the server's death ends no request; with the child's the reader gets ECONNABORTED.",
	decidedIn: "fs/fuse/dev.c:fuse_dev_release; fs/fuse/dev_uring.c:fuse_uring_cancel (Linux 7.3)",
	negativeControl: { own: "The reader waits after the first death and ends after the second." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode);
		const { ended } = await holdRead(server);
		const child = await server.bare.must("fork");
		try {
			const { pid } = server.bare;
			server.bare.kill("SIGKILL");
			t.ok(await hasEnded(pid, 5_000), "the server is gone");
			t.equal(await codeWithin(ended, 300), "waits", "the reader waits");
		} finally {
			process.kill(child, "SIGKILL");
		}
		t.equal(await codeWithin(ended, 5_000), "ECONNABORTED", "the child's end is the connection's");
	},
});
