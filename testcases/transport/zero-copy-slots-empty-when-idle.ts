import { readdir, readFile, readlink } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { faultsTaken, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Filled slots of all io_uring buffer tables of a process, by fdinfo's lines below `UserBufs`. */
const filledSlots = async (pid: number): Promise<readonly string[]> => {
	const filled: string[] = [];
	for (const fd of await readdir(`/proc/${pid}/fd`)) {
		const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
		if (target !== "anon_inode:[io_uring]") continue;
		const [, table = ""] = (await readFile(`/proc/${pid}/fdinfo/${fd}`, "utf8")).split(/^UserBufs:.*$/m);
		for (const [, slot = "", what = ""] of table.matchAll(/^\s*(\d+): (.*)$/gm))
			if (!what.includes("<none>")) filled.push(`fd ${fd} slot ${slot}`);
	}
	return filled;
};

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
