import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Every writer has an end, and the store no more than was written. */
export const testCase = defineCase({
	name: "teardown/killed-under-writers",
	proves:
		"A server killed in the midst of writes ends every writer within seconds, five times over, and leaves no connection.",
	decidedIn: "fs/fuse/dev.c:fuse_chan_abort; fs/fuse/dev_uring.c:fuse_uring_stop_queues (Linux 7.3)",
	negativeControl: { own: "The clients have no answer before the end, and each has one after it." },
	needs: ["own-server"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const connections = async (): Promise<number> => (await readdir("/sys/fs/fuse/connections")).length;
		const before = await connections();
		// By /dev/fuse the server may have died while it read the request (fuse_dev_do_read): that is EIO.
		const ends = ["ECONNABORTED", "ENOTCONN", "ECANCELED", ...(lab.mode === "devfuse" ? ["EIO"] : [])];
		for (let round = 0; round < 5; round += 1) {
			await using server = await SecondServer.start(lab);
			let written = 0;
			const write = async (writer: number): Promise<string | undefined> => {
				const memory = alignedBuffer(65_536);
				let file: FileHandle | undefined;
				try {
					file = await open(`${server.mount}/${writer}`, constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT);
					for (let at = 0; ; at += 1, written += 1) await file.write(memory, 0, 65_536, (at % 8) * 65_536);
				} catch (error) {
					return (error as NodeJS.ErrnoException).code;
				} finally {
					await file?.close().catch(() => undefined);
				}
			};
			const writing = Promise.all([0, 1, 2].map(write));
			while (written < 10) await sleep(5);
			server.kill("SIGKILL");
			const codes = await writing;
			if (!codes.every((code) => ends.includes(code ?? ""))) t.fail(`round ${round}: ${codes.join(", ")}`);
		}
		t.equal(await connections(), before, "no connection is left");
	},
});
