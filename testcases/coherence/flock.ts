import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, FLOCK } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";

/** Whole files, shared or alone. */
export const testCase = defineCase({
	name: "coherence/flock",
	proves: "flock(2) excludes an exclusive holder from all others, shares readers, and can be converted.",
	decidedIn: "fs/fuse/file.c:fuse_file_flock (Linux 7.3)",
	negativeControl: "lock-ignored",
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
		await one.flock(first, FLOCK.exclusive);
		await t.rejects(two.flock(second, FLOCK.shared | FLOCK.nonBlocking), busy, "nobody beside an exclusive one");
		await one.flock(first, FLOCK.shared);
		await two.flock(second, FLOCK.shared | FLOCK.nonBlocking);
		await t.rejects(two.flock(second, FLOCK.exclusive | FLOCK.nonBlocking), busy, "no exclusive one beside a reader");
		await one.flock(first, FLOCK.unlock);
		await two.flock(second, FLOCK.exclusive | FLOCK.nonBlocking);
		await t.rejects(one.flock(first, FLOCK.shared | FLOCK.nonBlocking), busy, "and so on, the other way");
	},
});
