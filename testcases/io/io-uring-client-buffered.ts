import { stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { fioVerify } from "../lib/fio-verify.ts";

/** Buffered operations are done inline, or by a worker of the client's ring. */
export const testCase = defineCase({
	name: "io/io-uring-client-buffered",
	proves: "Random buffered writes by io_uring at depth 16 verify by checksum.",
	decidedIn: "fs/fuse/file.c:fuse_direct_IO, fuse_aio_complete (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 30_000,
	async check(t, lab) {
		const ended = await fioVerify(lab, ["--ioengine=io_uring", "--iodepth=16", "--direct=0"]);
		t.equal(ended.status, 0, `fio finds its own checksums: ${ended.stderr.trim().split("\n")[0]}`);
		t.equal((await stat(`${lab.behind}/file`)).size, 1 << 20, "the store has the file");
	},
});
