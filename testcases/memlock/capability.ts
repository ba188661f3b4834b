import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/capability",
	proves:
		"Root with CAP_IPC_LOCK is charged for nothing and works with limit 0; without it root is refused like anyone.",
	decidedIn: "io_uring/io_uring.c:io_uring_create (Linux 7.3)",
	negativeControl: { own: "Both sides of the capability are tried." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const may = await tryPinned(lab, { limit: 0, user: "root" });
		t.same(may.faults, [], "with the capability: pinned, and charged to nobody");
		t.equal(may.outcome.got, "pinned", "limit 0 is enough");
		const mayNot = await tryPinned(lab, { limit: 0 });
		t.same(mayNot.faults, [], "without it");
		t.equal(mayNot.outcome.got, "devfuse", "limit 0 is refused");
	},
});
