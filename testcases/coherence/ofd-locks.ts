import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, LOCK } from "../lib/client.ts";

/** Open file descriptions own them, not processes. */
export const testCase = defineCase({
	name: "coherence/ofd-locks",
	proves: "Two descriptions of one process exclude each other with OFD locks, and do not with POSIX locks.",
	decidedIn: "fs/fuse/file.c:fuse_file_lock (Linux 7.3)",
	negativeControl: {
		own: "Every refused lock stands beside one that is granted, on the range next to it or after the release.",
	},
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "x");
		await using client = Client.start();
		const first = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		const second = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		await client.lock(first, LOCK.ofdSet, LOCK.write, 0, 0);
		await t.rejects(client.lock(second, LOCK.ofdSet, LOCK.write, 5, 1), { code: "EAGAIN" }, "OFD locks exclude");
		await client.close(first);
		await client.lock(second, LOCK.ofdSet, LOCK.write, 5, 1);
		const third = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		await t.rejects(
			client.lock(third, LOCK.set, LOCK.write, 5, 1),
			{ code: "EAGAIN" },
			"an OFD lock excludes a POSIX one",
		);
		await client.lock(third, LOCK.set, LOCK.write, 50, 1);
		await client.lock(second, LOCK.set, LOCK.write, 50, 1);
		t.equal(await client.lock(second, LOCK.get, LOCK.write, 50, 1), LOCK.unlock, "POSIX locks of one process do not");
	},
});
