import { defineCase } from "../case.ts";
import { filledSlots } from "../lib/buffer-table.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { faultsTaken, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** A slot that is not emptied would keep the client's pages, and refuse the entry's next request with EBUSY. */
export const testCase = defineCase({
	name: "transport/zero-copy-slots-empty-when-idle",
	proves: "After zero-copied reads and writes every slot of the rings' buffer tables is empty again.",
	decidedIn: "fs/fuse/dev_uring.c:zero_copy_unregister (Linux 7.3)",
	negativeControl: {
		own: "The same file of procfs is read while a request is held, and must show a slot that is not empty.",
	},
	needs: ["own-server", "zero-copy"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 65536);
		const filled = async (): Promise<readonly string[]> => filledSlots(lab.server?.pid ?? 0);
		const idle = await filled();
		await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: 1_000 });
		const reading = readDirect(path, 65536);
		await faultsTaken(lab, 1);
		t.equal((await filled()).length, idle.length + 1, "a held READ fills a slot");
		sameBytes(t, await reading, content, "the read is right");
		for (let turn = 0; turn < 20; turn += 1) await readDirect(path, 65536);
		t.same(await filled(), idle, "no slot stays filled");
	},
});
