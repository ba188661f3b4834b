import { PAGE_BYTES } from "../../orchestrator/domain/memlock.ts";
import { defineCase } from "../case.ts";
import { queuesOf, tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/exact-limit",
	proves:
		"With a limit of exactly the pools' pages every queue is pinned, and the user, VmPin and the rings' fdinfo show that many.",
	decidedIn: "io_uring/rsrc.c:__io_account_mem, io_account_mem, io_buffer_account_pin (Linux 7.3)",
	negativeControl: { own: "A page less is asked for too, and must be refused." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const { outcome, faults } = await tryPinned(lab, {});
		t.same(faults, [], "charged to the page, and nothing afterwards");
		t.equal(outcome.pinnedQueues, queuesOf(lab), "every queue is pinned");
		const short = await tryPinned(lab, { more: -PAGE_BYTES });
		t.equal(short.outcome.got, "devfuse", "a page less is refused");
	},
});
