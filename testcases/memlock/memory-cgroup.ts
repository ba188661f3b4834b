import { defineCase } from "../case.ts";
import { neededBytes, tryPinned } from "../lib/memlock.ts";

export const testCase = defineCase({
	name: "memlock/memory-cgroup",
	proves:
		"A memory cgroup bounds the pools apart from RLIMIT_MEMLOCK: with too little of it the server dies in its set-up, and nothing stays charged.",
	decidedIn: "mm/memcontrol.c:try_charge_memcg, mem_cgroup_out_of_memory (Linux 7.3)",
	negativeControl: { own: "With room enough in the cgroup the same server must work." },
	needs: ["own-server", "pinned-pool"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const roomy = await tryPinned(lab, { act: { kind: "memory-cgroup", bytes: 256 << 20 } });
		t.same(roomy.faults, [], "with 256 MiB");
		t.equal(roomy.outcome.got, "pinned", "it works");
		const tight = await tryPinned(lab, { act: { kind: "memory-cgroup", bytes: neededBytes(lab) / 2 } });
		t.same(tight.faults, [], "with half the pools");
		t.equal(tight.outcome.got, null, "it ends");
	},
});
