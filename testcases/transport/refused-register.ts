import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";
import { SecondServer } from "../lib/second-server.ts";

/** A REGISTER that fails before the ring is ready is the way back. */
export const testCase = defineCase({
	name: "transport/refused-register",
	proves: "A ring with one refused REGISTER falls back to /dev/fuse, and the mount serves.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_cmd; fs/fuse/dev.c:fuse_block_alloc (Linux 7.3)",
	negativeControl: { own: "The mode that the server got is another than it asked for." },
	needs: ["own-server", "ring"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { "refuse-register": 0 });
		t.equal(server.ready.got, "devfuse", "it is served by /dev/fuse");
		const content = patternOf(7, 100_000);
		await writeFile(`${server.mount}/file`, content);
		sameBytes(t, await readFile(`${server.behind}/file`), content, "the store has what was written");
		await dropCaches();
		sameBytes(t, await readFile(`${server.mount}/file`), content, "and it reads back");
	},
});
