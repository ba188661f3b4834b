import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { Client, FLOCK } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";

/** passthrough_hp waits in the thread that would serve the unlock (docs/findings.md): it is not asked. */
export const testCase = defineCase({
	name: "coherence/flock-waits",
	proves: "A process that waits in flock(2) gets the lock when its holder lets go.",
	decidedIn: "fs/fuse/file.c:fuse_file_flock (Linux 7.3)",
	negativeControl: { own: "The lock that is granted afterwards is not granted before." },
	needs: ["own-server"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, patternOf(1, 100));
		await using one = Client.start();
		await using two = Client.start();
		const [first, second] = [
			await one.open(`${lab.mount}/file`, constants.O_RDWR),
			await two.open(`${lab.mount}/file`, constants.O_RDWR),
		];
		await one.flock(first, FLOCK.exclusive);
		let granted = false;
		const waiting = two.flock(second, FLOCK.exclusive).then(() => {
			granted = true;
		});
		await sleep(300);
		t.notOk(granted, "it waits");
		await one.flock(first, FLOCK.unlock);
		await waiting;
		t.ok(granted, "and gets it");
	},
});
