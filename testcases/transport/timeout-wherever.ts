import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, codeWithin, holdRead, openFile } from "../lib/bare-work.ts";

/** The kernel looks every 15 s and makes a shorter time-out 15 s: what came soon after INIT is old enough at the second look. */
const FIRST_LOOK_MS = 15_000;
const SECOND_LOOK_MS = 30_000;

const suspend = async ({ bare }: BareServer): Promise<void> => {
	bare.kill("SIGSTOP");
	const end = performance.now() + 5_000;
	while (!/^\d+ \(.*\) T /s.test(await readFile(`/proc/${bare.pid}/stat`, "utf8"))) {
		if (performance.now() > end) throw new Error("the bare server does not stop");
		await setTimeout(5);
	}
};

/** Four connections wait side by side, each with a request at another place. */
export const testCase = defineCase({
	name: "transport/timeout-wherever",
	proves:
		"A request that is older than the time-out aborts its connection, be it with the server, on its way, waiting for an entry or unread.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_request_expired; fs/fuse/req_timeout.c:fuse_check_timeout (Linux 7.3)",
	negativeControl: { own: "After the first look, when none is old enough, all four still wait." },
	needs: ["own-payload", "own-server"],
	timeoutMs: 50_000,
	async check(t, lab) {
		const started = performance.now();
		const asked = { requestTimeout: 1 };
		await using stopped = await BareServer.start(lab, { ...asked, name: "stopped" });
		await setUpQueues(stopped, lab.mode);
		const first = await openFile(stopped);
		const later = await stopped.client();
		await suspend(stopped);
		const onItsWay = codeOf(first.client.read(first.fd, 4096, 0));

		await using holding = await BareServer.start(lab, { ...asked, name: "holding" });
		await setUpQueues(holding, lab.mode);
		const { ended: withServer } = await holdRead(holding);

		await using empty = await BareServer.start(lab, { ...asked, name: "empty" });
		const [queue] = await setUpQueues(empty, lab.mode, { entries: 1, ringEach: true });
		const reader = await openFile(empty);
		// Its entries go with the ring, and the queue is left without any; the ring's end is not waited for by close(2).
		await empty.bare.must("ring-close", [queue?.ring.index ?? 0]);
		await setTimeout(500);
		const waiting = codeOf(reader.client.read(reader.fd, 4096, 0));
		t.equal(await empty.next(100), null, "without an entry the request waits");

		await using deaf = await BareServer.start(lab, { ...asked, name: "deaf", flags: 0n });
		const caller = await deaf.client();
		const unread = codeOf(caller.open(`${deaf.mount}/file`, 0));

		await setTimeout(started + FIRST_LOOK_MS + 3_000 - performance.now());
		const places = { onItsWay, withServer, waiting, unread };
		for (const [place, ended] of Object.entries(places)) t.equal(await codeWithin(ended, 0), "waits", `${place} waits`);
		const end = started + SECOND_LOOK_MS + 5_000;
		for (const ended of [withServer, waiting, unread])
			t.equal(await codeWithin(ended, end - performance.now()), "ECONNABORTED", "the request is ended");
		// The one on its way cannot be ended without the server's thread; the connection is.
		t.equal(await codeWithin(codeOf(later.open(`${stopped.mount}/file`, 0)), 3_000), "ENOTCONN", "the mount is dead");
		stopped.bare.kill("SIGCONT");
		t.match(
			await codeWithin(onItsWay, 5_000),
			/ECONNABORTED|ECANCELED|ENOTCONN/,
			"and it ends with the server's next step",
		);
	},
});
