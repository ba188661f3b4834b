import { PAGE_BYTES } from "../../orchestrator/domain/memlock.ts";
import { defineCase } from "../case.ts";
import { neededBytes, tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/two-servers",
	proves: "Two servers of one user share its budget: twice the pages carry both, a page less refuses the second alone.",
	decidedIn: "io_uring/rsrc.c:__io_account_mem (Linux 7.3)",
	negativeControl: { own: "Both sides of the limit are tried." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const more = neededBytes(lab);
		const enough = await tryPinned(lab, { act: { kind: "two-servers" }, more });
		t.same(enough.faults, [], "with twice the pages");
		t.equal(enough.outcome.got, "pinned", "both are pinned");
		const short = await tryPinned(lab, { act: { kind: "two-servers" }, more: more - PAGE_BYTES });
		t.same(short.faults, [], "with a page less");
		t.equal(short.outcome.got, "devfuse", "the second falls back");
	},
});
