import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";

const ROUNDS = 10;

/** Objects of 4 KiB, of which every queue has one: its table of requests that are with the server. */
const tables = async (): Promise<number> =>
	Number(/^kmalloc-4k +(\d+)/m.exec(await readFile("/proc/slabinfo", "utf8"))?.[1]);

/** A queue's memory is the connection's, and ends with it. */
export const testCase = defineCase({
	name: "teardown/queue-tables-come-back",
	proves: "Ten rounds of mounting and setting up all queues leave fewer objects of a queue's table behind than rounds.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_destruct, fuse_uring_create_queue (Linux 7.3)",
	negativeControl: { own: "Each round makes as many as there are queues." },
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const round = async (): Promise<void> => {
			await using server = await BareServer.start(lab);
			await setUpQueues(server, lab.mode, { entries: 1 });
		};
		await round();
		const before = await tables();
		for (let turn = 0; turn < ROUNDS; turn += 1) await round();
		const left = (await tables()) - before;
		t.ok(left < ROUNDS, `${left} objects of ${before} and more are left`);
	},
});
