import { constants } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { codeOf, codeWithin } from "../lib/bare-work.ts";

const FILES = 3;
const ENDS_MS = 5_000;

/** Buffered READs are sent in the background, where all but one wait for the limit before they are on any list. */
export const testCase = defineCase({
	name: "teardown/abort-background-held",
	proves:
		"An abort ends readers whose background requests are with the server and those who may not send one for max_background.",
	decidedIn:
		"fs/fuse/dev.c:fuse_chan_abort, fuse_get_req; fs/fuse/dev_uring.c:fuse_uring_abort_end_requests (Linux 7.3)",
	negativeControl: { own: "Before the abort every reader waits, and only one request has come." },
	needs: ["own-server", "ring"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { flags: INIT.overIoUring | INIT.asyncRead, maxBackground: 1 });
		await setUpQueues(server, lab.mode);
		const ends: Promise<string>[] = [];
		const opened = [];
		for (let file = 0; file < FILES; file += 1) {
			const client = await server.client(0);
			opened.push({ client, fd: await server.serve(client.open(`${server.mount}/${file}`, constants.O_RDONLY)) });
		}
		for (const { client, fd } of opened) ends.push(codeOf(client.read(fd, 4096, 0)));
		await server.held(OP.read);
		t.equal(await server.awaited(OP.read, 500), null, "one READ is with the server, and no other comes");
		await setTimeout(100);
		t.same(
			await Promise.all(ends.map(async (end) => await codeWithin(end, 0))),
			Array(FILES).fill("waits"),
			"all wait",
		);
		await server.abort();
		const codes = await Promise.all(ends.map(async (end) => await codeWithin(end, ENDS_MS)));
		t.same(
			codes.filter((code) => !/^(?:EIO|ECONNABORTED|ENOTCONN)$/.test(code)),
			[],
			"every reader gets an error",
		);
	},
});
