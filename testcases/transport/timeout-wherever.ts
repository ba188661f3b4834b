import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, codeWithin, holdRead, openFile } from "../lib/bare-work.ts";

/** The kernel looks every 15 s and makes a shorter time-out 15 s: what comes soon after INIT is old enough at the second look. */
const FIRST_LOOK_MS = 15_000;
const SECOND_LOOK_MS = 30_000;
/** A timer of 15 s may be late by 64 ticks of HZ=100 (kernel/time/timer.c), and a busy host adds to that: none is older than it looks. */
const TIMER_LATE_MS = 3_000;

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
		const asked = { requestTimeout: 1 };
		const now = (place: string): Place => ({ place, since: performance.now() });
		await using stopped = await BareServer.start(lab, { ...asked, name: "stopped" });
		const onItsWay = now("on its way");
		await setUpQueues(stopped, lab.mode);
		const first = await openFile(stopped);
		const later = await stopped.client();
		await suspend(stopped);
		await using holding = await BareServer.start(lab, { ...asked, name: "holding" });
		const withServer = now("with the server");
		await setUpQueues(holding, lab.mode);
		await using empty = await BareServer.start(lab, { ...asked, name: "empty" });
		const waiting = now("waiting for an entry");
		const [queue] = await setUpQueues(empty, lab.mode, { entries: 1, ringEach: true });
		const reader = await openFile(empty);
		// Its entries go with the ring, and the queue is left without any; the ring's end is not waited for by close(2).
		await empty.bare.must("ring-close", [queue?.ring.index ?? 0]);
		await using deaf = await BareServer.start(lab, { ...asked, name: "deaf", flags: 0n });
		const unread = now("unread");
		const caller = await deaf.client();

		await setTimeout(TIMER_LATE_MS);
		const undelivered = codeOf(first.client.read(first.fd, 4096, 0));
		const { ended: held } = await holdRead(holding);
		const queued = codeOf(reader.client.read(reader.fd, 4096, 0));
		t.equal(await empty.next(100), null, "without an entry the request waits");
		const pending = codeOf(caller.open(`${deaf.mount}/file`, 0));

		const outlives = async ({ place, since }: Place, ended: Promise<string>): Promise<void> => {
			const left = since + FIRST_LOOK_MS + 3_000 - performance.now();
			t.equal(await codeWithin(ended, left), "waits", `${place}: after the first look`);
		};
		const isEnded = async (at: Place, ended: Promise<string>): Promise<void> => {
			await outlives(at, ended);
			const left = at.since + SECOND_LOOK_MS + 6_000 - performance.now();
			t.equal(await codeWithin(ended, left), "ECONNABORTED", `${at.place}: after the second`);
		};
		// What is on its way cannot be ended without the server's thread; the connection is.
		const isCutOff = async (): Promise<void> => {
			await outlives(onItsWay, undelivered);
			await setTimeout(onItsWay.since + SECOND_LOOK_MS + 2_000 - performance.now());
			const next = codeOf(later.open(`${stopped.mount}/file`, 0));
			t.equal(await codeWithin(next, 3_000), "ENOTCONN", "on its way: after the second the mount is dead");
			stopped.bare.kill("SIGCONT");
			t.match(await codeWithin(undelivered, 5_000), /ECONNABORTED|ECANCELED|ENOTCONN/, "on its way: it is ended");
		};
		await Promise.all([isCutOff(), isEnded(withServer, held), isEnded(waiting, queued), isEnded(unread, pending)]);
	},
});

interface Place {
	readonly place: string;
	/** When INIT was answered, by performance.now(). */
	readonly since: number;
}
