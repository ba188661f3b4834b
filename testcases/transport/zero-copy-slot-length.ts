import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, openFile } from "../lib/bare-work.ts";
import { filledSlots } from "../lib/buffer-table.ts";

/** The rest of the page is the client's own affair. */
export const testCase = defineCase({
	name: "transport/zero-copy-slot-length",
	proves:
		"The slot of a zero-copied direct READ has the bytes that the client lent, and none of the rest of their page.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_set_up_zero_copy (Linux 7.3)",
	negativeControl: { own: "Two lengths give two lengths." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["shared"] });
		await setUpQueues(server, lab.mode);
		const { client, fd } = await openFile(server, "shared");
		for (const length of [512, 4096]) {
			const reading = codeOf(client.read(fd, length, 0, { skew: 512 }));
			const request = await server.held(OP.read);
			const filled = (await filledSlots(server.bare.pid)).map((slot) => Number(slot.split("/").at(-1)));
			t.same(filled, [length], `a read of ${length} bytes`);
			await server.reply(request);
			t.equal(await server.serve(reading), "ok", "it ends well");
		}
	},
});
