import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { patternOf } from "../lib/pattern.ts";
import { SecondServer } from "../lib/second-server.ts";

/** With one entry a queue has one request at a time. */
export const testCase = defineCase({
	name: "transport/depth-one",
	proves: "With one entry a queue, parallel writes and reads all end and are right.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_queue_fuse_req, fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: { own: "Eight files of other content are in flight at once: a mix-up shows." },
	needs: ["own-server", "ring"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { depth: 1 });
		const files = Array.from({ length: 8 }, (_, file) => file);
		await Promise.all(
			files.map(async (file) => await writeFile(`${server.mount}/${file}`, patternOf(file + 1, 70_000))),
		);
		await dropCaches();
		const read = await Promise.all(files.map(async (file) => await readFile(`${server.mount}/${file}`)));
		t.same(
			files.filter((file) => read[file]?.equals(patternOf(file + 1, 70_000)) !== true),
			[],
			"all of them are right",
		);
	},
});
