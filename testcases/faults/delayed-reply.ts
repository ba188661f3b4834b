import { stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { faultsTaken, LYING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Without a time-out of its own the kernel has patience. */
export const testCase = defineCase({
	name: "faults/delayed-reply",
	proves: "A reply that comes half a second late is as good as any, and other requests do not wait for it.",
	decidedIn: "fs/fuse/dev.c:request_wait_answer (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 15_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: 500 });
		let done = false;
		const started = performance.now();
		const reading = readDirect(path, 4096).finally(() => {
			done = true;
		});
		await faultsTaken(lab, 1);
		await stat(`${lab.mount}/file`);
		t.notOk(done, "a stat ends while the read still waits");
		sameBytes(t, await reading, content, "the content is right");
		t.ok(performance.now() - started >= 450, "and came late");
	},
});
