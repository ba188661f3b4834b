import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { directStepBytes } from "../lib/direct-step.ts";
import { type Operation, sayOperation } from "../lib/file-model.ts";
import { randomOperations } from "../lib/random-operations.ts";
import { replay } from "../lib/replay.ts";
import { shrink } from "../lib/shrink.ts";

const OPERATIONS = 200;
/** A failing list of that many is at one operation after fewer replays than this. */
const MOST_REPLAYS = 120;

/** Each way to reach a file is right alone (io/*); here each must see what every other left behind. */
export const testCase = defineCase({
	name: "coherence/random-operations",
	proves: "After 200 random operations, by every way in and out, the file is what a plain model of it says.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter, fuse_direct_io, fuse_file_fallocate, fuse_file_mmap (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 60_000,
	async check(t, lab) {
		await using client = Client.start();
		let turn = 0;
		const whyWrong = async (operations: readonly Operation[]): Promise<string | null> => {
			turn += 1;
			return await replay(client, `${lab.mount}/${turn}`, `${lab.behind}/${turn}`, operations);
		};
		const step = directStepBytes(lab.store);
		// passthrough_hp fails to write back beside a direct descriptor (docs/findings.md).
		const isCarried = (operation: Operation): boolean =>
			lab.server !== null || step === 1 || !("by" in operation) || operation.by !== "direct";
		const operations = randomOperations(lab.seed, OPERATIONS, step).filter(isCarried);
		const why = await whyWrong(operations);
		const fails = async (some: readonly Operation[]): Promise<boolean> => (await whyWrong(some)) !== null;
		const shortest = why === null ? [] : await shrink(operations, fails, MOST_REPLAYS);
		t.equal(why, null, `seed ${lab.seed}: file and model agree`);
		t.same(shortest.map(sayOperation), [], `seed ${lab.seed}: there is no list of operations that fails`);
	},
});
