import { stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { hasEnded } from "../lib/fuse-connection.ts";
import { FAILING_READS, OPCODE, orderFault } from "../lib/orders.ts";

/** The last of the server's descriptors closes with the process, which aborts the connection. */
export const testCase = defineCase({
	name: "teardown/exited-direct-read",
	proves:
		"When the server exits while it holds a direct READ, the reader gets ECONNABORTED at once, and the mount ENOTCONN.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cancel; fs/fuse/dev.c:fuse_dev_release, fuse_chan_abort (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 15_000,
	async check(t, lab) {
		const { path } = await putBehind(lab, 4096);
		await lab.expectServerEnd({ exitCode: 3, signal: null });
		await orderFault(lab, { fault: "exit", opcode: OPCODE.read });
		const started = performance.now();
		await t.rejects(readDirect(path, 4096), { code: "ECONNABORTED" }, "the reader gets ECONNABORTED");
		t.ok(performance.now() - started < 5_000, "without waiting");
		t.ok(await hasEnded(lab.server?.pid ?? 0, 5_000), "the server is gone");
		await t.rejects(stat(`${lab.mount}/other`), { code: "ENOTCONN" }, "later calls get ENOTCONN");
		t.equal((await lab.run("umount", [lab.mountRoot])).status, 0, "it unmounts");
	},
});
