import { PAGE_BYTES } from "../../orchestrator/domain/memlock.ts";
import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/user-namespace",
	proves: "Root of a user namespace has no bypass: its kernel user is charged to the page, and refused a page below.",
	decidedIn: "io_uring/io_uring.c:io_uring_create, ns_capable in the first namespace (Linux 7.3)",
	negativeControl: { own: "Both sides of the limit are tried." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const enough = await tryPinned(lab, { user: "user-namespace" });
		t.same(enough.faults, [], "with exactly the pools' pages");
		t.equal(enough.outcome.got, "pinned", "it works");
		const short = await tryPinned(lab, { user: "user-namespace", more: -PAGE_BYTES });
		t.same(short.faults, [], "with a page less");
		t.equal(short.outcome.got, "devfuse", "it is refused");
	},
});
