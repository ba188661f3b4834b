import { readFile, stat, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** After the unmount the device, or each ring command, tells the server that there is nothing more to do. */
export const testCase = defineCase({
	name: "teardown/server-stops",
	proves: "After the unmount the server ends by itself, with status 0 and without a signal.",
	decidedIn: "fs/fuse/dev.c:fuse_chan_abort, fuse_dev_do_read; fs/fuse/dev_uring.c:fuse_uring_stop_queues (Linux 7.3)",
	negativeControl: "exit-status",
	timeoutMs: 20_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "content");
		t.equal((await stat(`${lab.mount}/file`)).size, 7, "the file system is served");
		const stopped = await lab.stopServer();
		t.equal(stopped.umountStatus, 0, "umount succeeds");
		t.equal(stopped.ended, true, "the server has ended");
		const skip = stopped.isDaemon && "nobody is told how a daemon ends";
		t.equal(stopped.signal, null, "no signal ended the server", { skip });
		t.equal(stopped.exitCode, 0, "its status is 0", { skip });
		t.equal(await readFile(`${lab.behind}/file`, "utf8"), "content", "the store is intact");
	},
});
