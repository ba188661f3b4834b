import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { faultsTaken, LYING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Once the server has the request, its memory is in use: the client cannot leave before the reply. */
export const testCase = defineCase({
	name: "transport/killed-client",
	proves:
		"A client that is killed while the server holds its READ stays until the reply, and the next client is served.",
	decidedIn: "fs/fuse/dev.c:request_wait_answer (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: 1_500 });
		const started = performance.now();
		const client = lab.run("timeout", [
			"-s",
			"KILL",
			"0.5",
			"dd",
			`if=${path}`,
			"of=/dev/null",
			"bs=4096",
			"iflag=direct",
		]);
		await faultsTaken(lab, 1);
		t.not((await client).status, 0, "it was killed");
		t.ok(performance.now() - started >= 1_400, "and gone only with the reply");
		sameBytes(t, await readDirect(path, 4096), content, "the next read is right");
	},
});
