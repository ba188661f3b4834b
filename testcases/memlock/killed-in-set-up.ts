import { defineCase } from "../case.ts";
import { queuesOf, tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/killed-in-set-up",
	proves:
		"A server that is killed when some queues are set up and others are not leaves nothing charged and nothing pinned.",
	decidedIn: "io_uring/rsrc.c:io_buffer_unmap; io_uring/io_uring.c:io_ring_exit_work (Linux 7.3)",
	negativeControl: { own: "The charge of the queues that were set up is looked at before the kill." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		for (let queue = 1; queue <= queuesOf(lab); queue += 1) {
			const { outcome, faults } = await tryPinned(lab, { act: { kind: "kill-at", queue } });
			t.same(faults, [], `killed after ${queue} queues`);
			t.ok((outcome.readings[0]?.user ?? 0) > 0, "which were charged");
		}
	},
});
