import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { SecondServer } from "../lib/second-server.ts";
import { startWaitingReaders } from "../lib/waiting-readers.ts";

/** umount -f aborts the connection first. */
export const testCase = defineCase({
	name: "teardown/forced-unmount-held",
	proves: "umount(8) -f of a mount whose clients wait ends them, and the server ends by itself when it goes on.",
	decidedIn: "fs/fuse/inode.c:fuse_umount_begin (Linux 7.3)",
	negativeControl: { own: "The readers have no answer before the end, and each has one after it." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab);
		const haveEnded = await startWaitingReaders(t, server);
		const forced = server.umount("-f");
		// The abort is its first act; what follows may want the server.
		await Promise.race([forced, setTimeout(5_000)]);
		server.kill("SIGCONT");
		await haveEnded();
		await forced;
		await server.umount();
		t.equal(await server.end(), "status 0", "the server ends well");
	},
});
