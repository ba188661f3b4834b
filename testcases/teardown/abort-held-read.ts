import { stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { abortConnection, abortFileOf, hasEnded } from "../lib/fuse-connection.ts";
import { FAILING_READS, faultsTaken, OPCODE, orderFault } from "../lib/orders.ts";

/** The abort does not wait for the server, which may never answer. */
export const testCase = defineCase({
	name: "teardown/abort-held-read",
	proves:
		"An abort through fusectl ends a direct READ that the server holds with ECONNABORTED at once, and the server ends by itself.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_stop_fuse_req_end; fs/fuse/control.c:fuse_conn_abort_write (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path } = await putBehind(lab, 4096);
		const abortFile = await abortFileOf(lab.mountRoot);
		await lab.expectServerEnd({ exitCode: 0, signal: null });
		await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: 3_000 });
		const reading = readDirect(path, 4096);
		const aborted = t.rejects(reading, { code: "ECONNABORTED" }, "the reader gets ECONNABORTED");
		await faultsTaken(lab, 1);
		const started = performance.now();
		await abortConnection(abortFile);
		await aborted;
		t.ok(performance.now() - started < 2_500, "before the server would have answered");
		await t.rejects(stat(`${lab.mount}/other`), { code: "ENOTCONN" }, "later calls get ENOTCONN");
		t.ok(await hasEnded(lab.server?.pid ?? 0, 10_000), "the server ends");
	},
});
