import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { FAILING_READS, OPCODE, orderFault } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The page cache knows only that a page could not be read. */
export const testCase = defineCase({
	name: "faults/read-error-direct-and-buffered",
	proves: "A server's EACCES on a READ is EACCES to a direct reader and EIO to a buffered one.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io, fuse_do_readfolio; mm/filemap.c:filemap_read_folio (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 10_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		await orderFault(lab, { fault: "error", opcode: OPCODE.read, value: -13 });
		await t.rejects(readDirect(path, 4096), { code: "EACCES" }, "the direct reader gets the server's errno");
		// Read-ahead asks first and forgets its failure, the reader then asks itself.
		await orderFault(lab, { fault: "error", opcode: OPCODE.read, value: -13, count: 2 });
		await t.rejects(readFile(path), { code: "EIO" }, "the buffered reader gets EIO");
		await lab.askServer({ type: "fault", fault: "clear" });
		sameBytes(t, await readFile(path), content, "no page was kept as read: the next read is right");
	},
});
