import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, LOCK } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";

/** Ranges belong to processes. */
export const testCase = defineCase({
	name: "coherence/posix-locks",
	proves:
		"A write lock keeps other processes from its range alone, read locks share, and an unlock lets the next one in.",
	decidedIn: "fs/fuse/file.c:fuse_file_lock (Linux 7.3)",
	negativeControl: {
		own: "Every refused lock stands beside one that is granted, on the range next to it or after the release.",
	},
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, patternOf(1, 100));
		await using one = Client.start();
		await using two = Client.start();
		const [first, second] = [
			await one.open(`${lab.mount}/file`, constants.O_RDWR),
			await two.open(`${lab.mount}/file`, constants.O_RDWR),
		];
		const busy = { code: "EAGAIN" };
		await one.lock(first, LOCK.set, LOCK.write, 10, 10);
		await t.rejects(two.lock(second, LOCK.set, LOCK.write, 19, 1), busy, "the last byte is taken");
		await t.rejects(two.lock(second, LOCK.set, LOCK.read, 10, 1), busy, "for a reader too");
		t.equal(await two.lock(second, LOCK.get, LOCK.write, 0, 100), LOCK.write, "F_GETLK says who stands in the way");
		await two.lock(second, LOCK.set, LOCK.write, 20, 1);
		await two.lock(second, LOCK.set, LOCK.write, 9, 1);
		await one.lock(first, LOCK.set, LOCK.unlock, 12, 4);
		await two.lock(second, LOCK.set, LOCK.write, 12, 4);
		await t.rejects(two.lock(second, LOCK.set, LOCK.write, 16, 1), busy, "what is left of a split range holds");
		await one.lock(first, LOCK.set, LOCK.read, 50, 1);
		await two.lock(second, LOCK.set, LOCK.read, 50, 1);
		await t.rejects(two.lock(second, LOCK.set, LOCK.write, 50, 1), busy, "a shared byte cannot be taken alone");
	},
});
