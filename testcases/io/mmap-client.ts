import { stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { fioVerify } from "../lib/fio-verify.ts";

/** Every byte goes by faults and write-back. */
export const testCase = defineCase({
	name: "io/mmap-client",
	proves: "Random stores to a mapping verify by checksum.",
	decidedIn: "fs/fuse/file.c:fuse_cache_write_iter (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 30_000,
	async check(t, lab) {
		const ended = await fioVerify(lab, ["--ioengine=mmap", "--direct=0"]);
		t.equal(ended.status, 0, `fio finds its own checksums: ${ended.stderr.trim().split("\n")[0]}`);
		await dropCaches();
		const again = await fioVerify(lab, ["--ioengine=mmap", "--direct=0", "--verify_only=1"]);
		t.equal(again.status, 0, "and finds them again in what the server gives");
		t.equal((await stat(`${lab.behind}/file`)).size, 1 << 20, "the store has the file");
	},
});
