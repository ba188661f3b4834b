import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";
import { SecondServer } from "../lib/second-server.ts";

/** The limit is for the background alone. */
export const testCase = defineCase({
	name: "transport/max-background-one",
	proves: "With one background request at a time a large file is still read ahead and written back whole.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_flush_bg; fs/fuse/req.c:fuse_request_queue_background (Linux 7.3)",
	negativeControl: { own: "The store is compared with what was written." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { "max-background": 1, writeback: "yes" });
		const content = patternOf(7, 100_000);
		await writeFile(`${server.mount}/file`, content);
		await lab.run("sync", ["-f", server.mount]);
		sameBytes(t, await readFile(`${server.behind}/file`), content, "the store has what was written");
		await dropCaches();
		sameBytes(t, await readFile(`${server.mount}/file`), content, "and it reads back");
	},
});
