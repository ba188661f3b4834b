import { readdir, readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Set-up and its undoing, again and again. */
export const testCase = defineCase({
	name: "transport/remount-rounds",
	proves: "Five rounds of mount, write, read and unmount on one folder leave no connection and no process behind.",
	decidedIn: "fs/fuse/inode.c:fuse_conn_destroy; fs/fuse/dev_uring.c:fuse_uring_destruct (Linux 7.3)",
	negativeControl: { own: "Connections are counted while the mount is there, and are one more then." },
	needs: ["own-server"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const connections = async (): Promise<number> => (await readdir("/sys/fs/fuse/connections")).length;
		const before = await connections();
		for (let round = 0; round < 5; round += 1) {
			await using server = await SecondServer.start(lab);
			await writeFile(`${server.mount}/file`, patternOf(round + 1, 5000));
			if (round === 0) t.equal(await connections(), before + 1, "while it is mounted there is a connection more");
			await server.umount();
			const [ended, stored] = [await server.end(), await readFile(`${server.behind}/file`)];
			if (ended !== "status 0" || !stored.equals(patternOf(round + 1, 5000))) t.fail(`round ${round}: ${ended}`);
		}
		t.equal(await connections(), before, "afterwards there is not");
	},
});
