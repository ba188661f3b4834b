import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/start-stop-rounds",
	proves: "Twenty starts and stops at the exact limit leave no page behind: the last works like the first.",
	decidedIn: "io_uring/rsrc.c:io_buffer_unmap, io_unaccount_mem (Linux 7.3)",
	negativeControl: { own: "The limit leaves no room for a page that were kept." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const { outcome, faults } = await tryPinned(lab, { act: { kind: "rounds", count: 20 } });
		t.same(faults, [], "the twentieth works, charged to the page");
		t.equal(outcome.got, "pinned", "it is pinned");
	},
});
