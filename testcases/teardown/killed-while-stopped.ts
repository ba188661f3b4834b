import { defineCase } from "../case.ts";
import { SecondServer } from "../lib/second-server.ts";
import { startWaitingReaders } from "../lib/waiting-readers.ts";

/** Clients wait, and the end of the process is their answer. */
export const testCase = defineCase({
	name: "teardown/killed-while-stopped",
	proves: "A server that is killed while it is stopped ends every client that waits, and its mount goes.",
	decidedIn: "fs/fuse/dev.c:fuse_dev_release; fs/fuse/dev_uring.c:fuse_uring_cancel (Linux 7.3)",
	negativeControl: { own: "The readers have no answer before the end, and each has one after it." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab);
		const haveEnded = await startWaitingReaders(t, server);
		server.kill("SIGKILL");
		await haveEnded();
		t.equal(await server.end(), "SIGKILL", "the server is gone");
		t.equal(await server.umount(), 0, "it unmounts");
	},
});
