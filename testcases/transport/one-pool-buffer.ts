import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { readDirect } from "../lib/direct-read.ts";
import { patternOf } from "../lib/pattern.ts";
import { SecondServer } from "../lib/second-server.ts";

/** An entry without a buffer waits, and the next free buffer is its. */
export const testCase = defineCase({
	name: "transport/one-pool-buffer",
	proves: "With one pool buffer for eight entries, parallel direct reads all end and are right.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_select_buffer, fuse_uring_next_req_update_buffer (Linux 7.3)",
	negativeControl: { own: "Eight files of other content are in flight at once: a mix-up shows." },
	needs: ["own-server", "pool"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { depth: 8, "pool-buffers": 1 });
		const files = Array.from({ length: 8 }, (_, file) => file);
		for (const file of files) await writeFile(`${server.behind}/${file}`, patternOf(file + 1, 65_536));
		for (let turn = 0; turn < 3; turn += 1) {
			const read = await Promise.all(files.map(async (file) => await readDirect(`${server.mount}/${file}`, 65_536)));
			t.same(
				files.filter((file) => read[file]?.equals(patternOf(file + 1, 65_536)) !== true),
				[],
				`turn ${turn}`,
			);
		}
	},
});
