import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { abortConnection, abortFileOf } from "../lib/fuse-connection.ts";
import { SecondServer } from "../lib/second-server.ts";
import { startWaitingReaders } from "../lib/waiting-readers.ts";

/** Longer than several looks of the teardown, one of which has to be the last. */
const STOPPED_MS = 1_500;

/** Requests that are on their way to a thread which does not run can only be ended by that thread, later. */
export const testCase = defineCase({
	name: "teardown/abort-while-stopped",
	proves:
		"Readers of a connection that is aborted while its server is stopped all end once it goes on, and so does the server.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_async_stop_queues, fuse_uring_teardown_all_queues (Linux 7.3)",
	negativeControl: { own: "While the server is stopped the readers wait." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab);
		const abortFile = await abortFileOf(server.mount);
		const readersEnd = await startWaitingReaders(t, server);
		await abortConnection(abortFile);
		await setTimeout(STOPPED_MS);
		server.kill("SIGCONT");
		await readersEnd();
		t.equal(await server.end(), "status 0", "the server ends");
	},
});
