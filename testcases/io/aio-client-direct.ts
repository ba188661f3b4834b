import { stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { fioVerify } from "../lib/fio-verify.ts";

/** Asynchronous requests end in the server's order, not the client's. */
export const testCase = defineCase({
	name: "io/aio-client-direct",
	proves: "Random direct writes by Linux AIO at depth 16 verify by checksum.",
	decidedIn: "fs/fuse/file.c:fuse_direct_IO, fuse_aio_complete (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 30_000,
	async check(t, lab) {
		const ended = await fioVerify(lab, ["--ioengine=libaio", "--iodepth=16", "--direct=1"]);
		t.equal(ended.status, 0, `fio finds its own checksums: ${ended.stderr.trim().split("\n")[0]}`);
		t.equal((await stat(`${lab.behind}/file`)).size, 1 << 20, "the store has the file");
	},
});
