import { defineCase } from "../case.ts";
import { tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/lowered-limit",
	proves: "A limit that is lowered under a running server takes nothing away: it goes on, charged as before.",
	decidedIn: "io_uring/rsrc.c:__io_account_mem, asked at registration only (Linux 7.3)",
	negativeControl: { own: "The lowered limit itself, given from the start, must be refused." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const lowered = await tryPinned(lab, { act: { kind: "lower-limit", bytes: 0 } });
		t.same(lowered.faults, [], "usable, and charged as before");
		t.same(
			lowered.outcome.readings.map(({ at }) => at),
			["serving", "lowered"],
			"both moments were looked at",
		);
		t.equal((await tryPinned(lab, { limit: 0 })).outcome.got, "devfuse", "limit 0 from the start is refused");
	},
});
