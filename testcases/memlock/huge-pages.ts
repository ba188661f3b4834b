import { PAGE_BYTES } from "../../orchestrator/domain/memlock.ts";
import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

/** Two buffers of 1 MiB, so that each queue's pool is one huge page. */
const HUGE = { "max-write": "1048576", "huge-pages": "yes" } as const;

/** A guest without huge pages is charged the same, for small ones. */
export const testCase = defineCase({
	name: "memlock/huge-pages",
	proves: "A pool that is one huge page is charged with all of its 512 pages, and no page of them is left charged.",
	decidedIn: "io_uring/rsrc.c:io_buffer_account_pin, io_coalesce_buffer (Linux 7.3)",
	negativeControl: { own: "A page less is asked for too, and must be refused." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const { faults } = await tryPinned(lab, { options: HUGE });
		t.same(faults, [], "charged to the page, and nothing afterwards");
		const short = await tryPinned(lab, { options: HUGE, more: -PAGE_BYTES });
		t.equal(short.outcome.got, "devfuse", "a page less is refused");
	},
});
