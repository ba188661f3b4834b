import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { readDirect } from "../lib/direct-read.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Every page is a request of its own. */
export const testCase = defineCase({
	name: "transport/smallest-max-write",
	proves: "With max_write of 4096 bytes large writes and reads, direct and buffered, are whole.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io, fuse_send_write_pages; fs/fuse/dev_uring.c:fuse_uring_create (Linux 7.3)",
	negativeControl: { own: "The store is compared with what was written." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { "max-write": 4096 });
		t.equal(server.ready.maxWrite, 4096, "it is agreed");
		const content = patternOf(7, 100_000);
		await writeFile(`${server.mount}/file`, content);
		sameBytes(t, await readFile(`${server.behind}/file`), content, "the store has what was written");
		await dropCaches();
		sameBytes(t, await readFile(`${server.mount}/file`), content, "and it reads back");
		sameBytes(t, await readDirect(`${server.mount}/file`, 65_536), content.subarray(0, 65_536), "directly too");
	},
});
