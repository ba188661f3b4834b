import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Every connection has its own queues. */
export const testCase = defineCase({
	name: "transport/two-mounts",
	proves:
		"Two mounts at once, each with its server, serve each their own files, and one goes without the other noticing.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_create; fs/fuse/inode.c:fuse_conn_destroy (Linux 7.3)",
	negativeControl: { own: "Both mounts have a file of the same name and of other content." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab);
		await Promise.all([
			writeFile(`${lab.mount}/file`, patternOf(1, 50_000)),
			writeFile(`${server.mount}/file`, patternOf(2, 50_000)),
		]);
		await dropCaches();
		const [first, second] = await Promise.all([readFile(`${lab.mount}/file`), readFile(`${server.mount}/file`)]);
		sameBytes(t, first, patternOf(1, 50_000), "the first is right");
		sameBytes(t, second, patternOf(2, 50_000), "the second too");
		t.equal(await server.umount(), 0, "the second unmounts");
		t.equal(await server.end(), "status 0", "its server ends");
		await dropCaches();
		sameBytes(t, await readFile(`${lab.mount}/file`), patternOf(1, 50_000), "the first is served on");
	},
});
