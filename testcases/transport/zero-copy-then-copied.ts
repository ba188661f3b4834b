import { defineCase } from "../case.ts";
import { contentOf } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, openFile } from "../lib/bare-work.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const BYTES = 4096;

/** What an entry's last request was says nothing about its next. */
export const testCase = defineCase({
	name: "transport/zero-copy-then-copied",
	proves: "READs of one entry that are zero-copied and copied in turn each bring their own data.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_req_end, zero_copy_unregister (Linux 7.3)",
	negativeControl: { own: "What is copied is compared, between READs whose data only the slot would have had." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		await setUpQueues(server, lab.mode, { entries: 1 });
		const shared = await openFile(server, "shared");
		const other = await openFile(server, "other");
		const content = contentOf(server.files.nodeidOf("other")).subarray(0, BYTES);
		for (let turn = 0; turn < 3; turn += 1) {
			t.equal(await server.serve(codeOf(shared.client.read(shared.fd, BYTES, 0))), "ok", "a zero-copied READ");
			sameBytes(t, await server.serve(other.client.read(other.fd, BYTES, 0)), content, "a copied one");
		}
	},
});
