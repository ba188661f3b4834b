import { PAGE_BYTES } from "../../orchestrator/domain/memlock.ts";
import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/byte-short",
	proves:
		"A limit counts in whole pages, rounded down: a byte short of the last page is a page short, a byte less than a page more is none more.",
	decidedIn: "io_uring/rsrc.c:__io_account_mem (Linux 7.3)",
	negativeControl: { own: "One limit must be refused and the other be enough." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const short = await tryPinned(lab, { more: -1 });
		t.same(short.faults, [], "a byte short");
		t.equal(short.outcome.got, "devfuse", "is refused");
		const enough = await tryPinned(lab, { more: PAGE_BYTES - 1 });
		t.same(enough.faults, [], "most of a page more");
		t.equal(enough.outcome.got, "pinned", "is enough");
	},
});
