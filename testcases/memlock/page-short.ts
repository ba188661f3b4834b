import { PAGE_BYTES } from "../../orchestrator/domain/memlock.ts";
import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/page-short",
	proves:
		"A limit one page below the pools' refuses one registration with ENOMEM; the server falls back, usable, and nothing stays charged while it lives.",
	decidedIn: "io_uring/rsrc.c:__io_account_mem, io_buffer_unmap (Linux 7.3)",
	negativeControl: { own: "The page more is given too, and must be enough." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const { outcome, faults } = await tryPinned(lab, { more: -PAGE_BYTES });
		t.same(faults, [], "usable by /dev/fuse, and nothing is charged");
		t.match(outcome.refusal, { call: "io_uring_register_buffers", errno: "ENOMEM" }, "the call that was refused");
		t.equal(outcome.got, "devfuse", "it fell back");
		t.same((await tryPinned(lab, {})).faults, [], "a page more is enough");
	},
});
