import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/forked-child",
	proves:
		"A child that the server forked keeps its rings, and so the charge, beyond the server's death; with the child it ends.",
	decidedIn: "io_uring/io_uring.c:io_uring_release (Linux 7.3)",
	negativeControl: { own: "The charge must be there between the two deaths and gone after the second." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const { outcome, faults } = await tryPinned(lab, { act: { kind: "fork" } });
		t.same(faults, [], "charged while the child lives, and not beyond");
		t.equal(outcome.readings.at(-1)?.at, "child-alive", "the moment was looked at");
		t.equal(outcome.left.user, 0, "nothing is left");
	},
});
