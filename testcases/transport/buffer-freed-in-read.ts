import { defineCase } from "../case.ts";
import { readDirect } from "../lib/direct-read.ts";
import { readIntoGone } from "../lib/gone-buffer.ts";
import { LYING_READS } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const LENGTH = 16 * 4096;

/** Freed pages that the reply still went to would be somebody's by then. */
export const testCase = defineCase({
	name: "transport/buffer-freed-in-read",
	proves: "A direct read whose pages are freed before the reply comes ends, and what took their place stays as it is.",
	decidedIn: "fs/fuse/file.c:fuse_get_user_pages, fuse_release_user_pages (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 15_000,
	async check(t, lab) {
		const { path, content, result, data } = await readIntoGone(lab, LENGTH, "freed");
		t.equal(result, LENGTH, "all of it is read");
		sameBytes(t, data, Buffer.alloc(LENGTH, 0xcc), "the pages in their place are not written to");
		sameBytes(t, await readDirect(path, LENGTH), content, "a read after it is right");
	},
});
