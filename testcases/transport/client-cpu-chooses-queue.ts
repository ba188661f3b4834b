import { defineCase } from "../case.ts";
import { putBehind } from "../lib/direct-read.ts";
import { statsOf } from "../lib/orders.ts";

/** There is no spill-over to another queue. */
export const testCase = defineCase({
	name: "transport/client-cpu-chooses-queue",
	proves: "The requests of a client on CPU k are served by queue k alone.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_task_to_queue (Linux 7.3)",
	negativeControl: {
		own: "Each queue is the control of the other: it must count nothing while the other counts everything.",
	},
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path } = await putBehind(lab, 4 * 4096);
		const reads = async (): Promise<readonly number[]> =>
			(await statsOf(lab)).queues.map(({ syncIo, ringIo, pipeIo }) => syncIo + ringIo + pipeIo);
		for (let cpu = 0; cpu < (lab.server?.queues ?? 0); cpu += 1) {
			const before = await reads();
			const args = ["-c", String(cpu), "dd", `if=${path}`, "of=/dev/null", "bs=4096", "iflag=direct"];
			t.equal((await lab.run("taskset", args)).status, 0, `a client on CPU ${cpu} reads`);
			const rise = (await reads()).map((count, qid) => count - (before[qid] ?? 0));
			t.ok((rise[cpu] ?? 0) >= 4, `queue ${cpu} served it`);
			t.same(
				rise.filter((count, qid) => qid !== cpu && count > 0),
				[],
				"and no other",
			);
		}
	},
});
