import { defineCase } from "../case.ts";
import { readIntoGone } from "../lib/gone-buffer.ts";
import { LYING_READS } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const LENGTH = 16 * 4096;

/** The pages are the request's, not the mapping's: with zero-copy the server reads into them, by whatever name they go. */
export const testCase = defineCase({
	name: "transport/buffer-unmapped-in-read",
	proves:
		"A direct read whose memory is unmapped before the reply comes ends in the same pages, which another mapping sees.",
	decidedIn: "fs/fuse/file.c:fuse_get_user_pages, fuse_aio_complete (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 15_000,
	async check(t, lab) {
		const { content, result, data } = await readIntoGone(lab, LENGTH, "unmapped");
		t.equal(result, LENGTH, "all of it is read");
		sameBytes(t, data, content, "the other mapping has it");
	},
});
