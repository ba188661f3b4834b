import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind } from "../lib/direct-read.ts";
import { LYING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The request stays where it was queued; the reply finds the task wherever it is. */
export const testCase = defineCase({
	name: "transport/client-moves-cpu",
	proves: "A client that is moved to another CPU while it waits gets its reply.",
	decidedIn: "fs/fuse/dev.c:request_wait_answer (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: 1_000 });
		const script = 'taskset -c 0 dd if="$0" of="$1" bs=4096 iflag=direct & sleep 0.4; taskset -cp 1 $! && wait $!';
		const { status, stderr } = await lab.run("sh", ["-c", script, path, "/run/fuselab/moved"]);
		t.equal(status, 0, `the client ends well: ${stderr.trim().split("\n")[0]}`);
		sameBytes(t, await readFile("/run/fuselab/moved"), content, "with the right content");
	},
});
