import { defineCase } from "../case.ts";
import { createFile } from "../lib/create-file.ts";
import { OPCODE, orderFault } from "../lib/orders.ts";

/** Unlike ENOSYS, which the kernel remembers for the mount, another error is of this fsync alone. */
export const testCase = defineCase({
	name: "faults/fsync-error",
	proves: "A server's EIO on an FSYNC is EIO to the caller, once.",
	decidedIn: "fs/fuse/file.c:fuse_fsync, fuse_fsync_common (Linux 7.3)",
	negativeControl: { type: "fault", fault: "error", opcode: OPCODE.fsync, value: -28, count: 1000 },
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		await using file = await createFile(`${lab.mount}/file`);
		await file.write("content");
		await orderFault(lab, { fault: "error", opcode: OPCODE.fsync, value: -5 });
		await t.rejects(file.sync(), { code: "EIO" }, "fsync says EIO");
		await t.resolves(file.sync(), "the next one succeeds");
	},
});
