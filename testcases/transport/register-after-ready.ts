import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { abortConnection, abortFileOf, hasEnded } from "../lib/fuse-connection.ts";
import { orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A late REGISTER that is refused takes the io_uring flag from a connection whose requests still go to the ring. */
export const testCase = defineCase({
	name: "transport/register-after-ready",
	proves:
		"After a refused REGISTER on a ready ring a READ hangs, as its commit is refused too, until an abort ends it.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd (Linux 7.3)",
	negativeControl: { own: "The file is read before the bad REGISTER and hangs after it." },
	needs: ["own-server", "ring"],
	timeoutMs: 30_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		sameBytes(t, await readDirect(path, 4096), content, "the file system is served");
		const abortFile = await abortFileOf(lab.mountRoot);
		await lab.expectServerEnd({ exitCode: 0, signal: null });
		for (let qid = 0; qid < (lab.server?.queues ?? 0); qid += 1) await orderFault(lab, { fault: "bad-register", qid });
		await setTimeout(200);
		let outcome = "hangs";
		const reading = readDirect(path, 4096).then(
			() => {
				outcome = "ends well";
			},
			(error: NodeJS.ErrnoException) => {
				outcome = error.code ?? error.message;
			},
		);
		await setTimeout(3_000);
		t.equal(outcome, "hangs", "a read is neither served nor refused");
		await abortConnection(abortFile);
		await reading;
		t.match(outcome, /ECONNABORTED|ENOTCONN/, "the abort ends it");
		t.ok(await hasEnded(lab.server?.pid ?? 0, 10_000), "the server ends");
	},
});
