import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeWithin, holdRead } from "../lib/bare-work.ts";

/** The kernel looks every 15 s, or a little later. A request that comes after the first look is old enough at the third. */
const LOOK_MS = 15_000;
/** A timer of 15 s may be late by 64 ticks of HZ=100 (kernel/time/timer.c), and a busy host adds to that. */
const TIMER_LATE_MS = 3_000;

/** The kernel goes on looking when it has found nothing to look at. */
export const testCase = defineCase({
	name: "transport/timeout-after-idle",
	proves: "A request that times out aborts the connection though the mount was idle when the kernel looked before.",
	decidedIn: "fs/fuse/req_timeout.c:fuse_check_timeout (Linux 7.3)",
	negativeControl: { own: "At the second look, when it is not old enough, it still waits." },
	needs: ["own-payload", "own-server"],
	timeoutMs: 60_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { requestTimeout: 1 });
		const started = performance.now();
		await setUpQueues(server, lab.mode);
		await setTimeout(LOOK_MS + TIMER_LATE_MS);
		const { ended } = await holdRead(server);
		t.equal(await codeWithin(ended, started + 2 * LOOK_MS + TIMER_LATE_MS - performance.now()), "waits", "it waits");
		t.equal(
			await codeWithin(ended, started + 3 * LOOK_MS + 2 * TIMER_LATE_MS - performance.now()),
			"ECONNABORTED",
			"it is ended",
		);
	},
});
