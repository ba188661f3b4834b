import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { putBehind } from "../lib/direct-read.ts";
import { hasEnded } from "../lib/fuse-connection.ts";
import { faultsTaken, LYING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { readAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The connection lives as long as its last open file. */
export const testCase = defineCase({
	name: "teardown/lazy-unmount-held-read",
	proves:
		"After umount -l an open file is served on, a READ in flight included, and the server ends when it is closed.",
	decidedIn: "fs/fuse/inode.c:fuse_sb_destroy; fs/namespace.c:do_umount (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 8192);
		const pid = lab.server?.pid ?? 0;
		await lab.expectServerEnd({ exitCode: 0, signal: null });
		await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: 1_000 });
		const file = await open(path, constants.O_RDONLY | constants.O_DIRECT);
		try {
			const reading = readAt(file, alignedBuffer(8192), 0);
			await faultsTaken(lab, 1);
			t.equal((await lab.run("umount", ["-l", lab.mountRoot])).status, 0, "umount -l succeeds while a read is held");
			await t.rejects(stat(path), { code: "ENOENT" }, "the tree is gone from the name space");
			sameBytes(t, await reading, content, "the read that was in flight is right");
			sameBytes(t, await readAt(file, alignedBuffer(8192), 0), content, "and so is one begun afterwards");
			t.notOk(await hasEnded(pid, 0), "the server is there");
		} finally {
			await file.close();
		}
		t.ok(await hasEnded(pid, 10_000), "it ends after the last close");
	},
});
