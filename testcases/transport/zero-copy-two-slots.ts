import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { codeOf, openFile } from "../lib/bare-work.ts";
import { filledSlots } from "../lib/buffer-table.ts";

/** A slot is an entry's own. */
export const testCase = defineCase({
	name: "transport/zero-copy-two-slots",
	proves:
		"Two zero-copied READs that are with the server at once have two slots, and each slot is empty after its commit.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_set_up_zero_copy, zero_copy_unregister (Linux 7.3)",
	negativeControl: { own: "Slots are counted with two, one and no READ under way." },
	needs: ["zero-copy", "add-bufpool"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { zeroCopied: ["first", "second"] });
		await setUpQueues(server, lab.mode, { entries: 2 });
		const files = [await openFile(server, "first"), await openFile(server, "second")];
		const ends = files.map(async ({ client, fd }) => await codeOf(client.read(fd, 4096, 0)));
		const requests = [await server.held(OP.read), await server.held(OP.read)];
		for (const [index, request] of requests.entries()) {
			t.equal((await filledSlots(server.bare.pid)).length, 2 - index, `${2 - index} under way`);
			await server.reply(request);
		}
		t.same(await server.serve(Promise.all(ends)), ["ok", "ok"], "both end well");
		t.same(await filledSlots(server.bare.pid), [], "no slot is filled");
	},
});
