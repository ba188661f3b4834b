import { readFile, stat, truncate } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind } from "../lib/direct-read.ts";
import { faultsTaken, OPCODE, orderFault } from "../lib/orders.ts";

/** The page that a READ fills is locked until it ends. */
export const testCase = defineCase({
	name: "faults/truncate-during-read",
	proves: "A truncate while the server holds a buffered READ of the file ends after it, and the file is empty then.",
	decidedIn: "fs/fuse/dir.c:fuse_do_setattr; mm/truncate.c:truncate_inode_pages_range (Linux 7.3)",
	negativeControl: { own: "The read is held for a second, and the truncate must not end before it." },
	needs: ["own-server", "ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path } = await putBehind(lab, 8192);
		await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: 1_000 });
		const started = performance.now();
		const reading = readFile(path);
		await faultsTaken(lab, 1);
		await truncate(path, 0);
		t.ok(performance.now() - started >= 900, "the truncate has waited for the read");
		t.equal((await stat(path)).size, 0, "the file is empty");
		t.ok([0, 8192].includes((await reading).length), "the reader has the old content or the new");
		await lab.askServer({ type: "fault", fault: "clear" });
		t.equal((await readFile(path)).length, 0, "nothing of the old content is left");
		t.equal((await stat(`${lab.behind}/file`)).size, 0, "the store agrees");
	},
});
