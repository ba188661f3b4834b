import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { Client, FLOCK, LOCK } from "../lib/client.ts";
import { hasEnded } from "../lib/fuse-connection.ts";
import { patternOf } from "../lib/pattern.ts";

/** The close of a process unlocks; nobody else would. */
export const testCase = defineCase({
	name: "coherence/locks-end-with-holder",
	proves: "POSIX, OFD and flock(2) locks of a process that is killed are gone.",
	decidedIn: "fs/fuse/file.c:fuse_file_lock, fuse_file_flock, fuse_release_common (Linux 7.3)",
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
		await one.lock(first, LOCK.set, LOCK.write, 0, 10);
		await one.lock(first, LOCK.ofdSet, LOCK.write, 20, 10);
		await one.flock(first, FLOCK.exclusive);
		const busy = { code: "EAGAIN" };
		await t.rejects(two.lock(second, LOCK.set, LOCK.write, 0, 1), busy, "the POSIX lock holds");
		await t.rejects(two.lock(second, LOCK.ofdSet, LOCK.write, 20, 1), busy, "the OFD lock holds");
		await t.rejects(two.flock(second, FLOCK.exclusive | FLOCK.nonBlocking), busy, "the flock(2) lock holds");
		process.kill(one.pid, "SIGKILL");
		t.ok(await hasEnded(one.pid, 5_000), "the holder is gone");
		await two.lock(second, LOCK.set, LOCK.write, 0, 1);
		await two.lock(second, LOCK.ofdSet, LOCK.write, 20, 1);
		// The server may learn of the last close a little later than the process is gone.
		const end = performance.now() + 5_000;
		const isFree = async (): Promise<boolean> =>
			await two.flock(second, FLOCK.exclusive | FLOCK.nonBlocking).then(
				() => true,
				() => false,
			);
		while (!(await isFree()) && performance.now() < end) await sleep(20);
		t.ok(await isFree(), "all three can be had");
	},
});
