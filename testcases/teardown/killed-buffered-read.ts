import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { putBehind } from "../lib/direct-read.ts";
import { hasEnded } from "../lib/fuse-connection.ts";
import { FAILING_READS, OPCODE, orderFault } from "../lib/orders.ts";

/** The page cache knows only that a page could not be read. */
export const testCase = defineCase({
	name: "teardown/killed-buffered-read",
	proves: "When the server is killed while it holds a buffered READ, the reader gets EIO.",
	decidedIn: "fs/fuse/file.c:fuse_do_readfolio; mm/filemap.c:filemap_read_folio (Linux 7.3)",
	negativeControl: FAILING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 15_000,
	async check(t, lab) {
		const { path } = await putBehind(lab, 4096);
		await lab.expectServerEnd({ exitCode: null, signal: "SIGKILL" });
		await orderFault(lab, { fault: "kill", opcode: OPCODE.read });
		await t.rejects(readFile(path), { code: "EIO" }, "the reader gets EIO");
		t.ok(await hasEnded(lab.server?.pid ?? 0, 5_000), "the server is gone");
		t.equal((await lab.run("umount", [lab.mountRoot])).status, 0, "it unmounts");
	},
});
