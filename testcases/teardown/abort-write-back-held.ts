import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { codeOf, codeWithin, openFile } from "../lib/bare-work.ts";

const FILES = 3;
const PAGE = 4096;
const ENDS_MS = 5_000;
/** PROT_READ and PROT_WRITE; MAP_SHARED */
const PROTECTION = 3;
const SHARED = 1;

/** WRITEs of write-back may be more than max_background, so that some are on the queue's list of those that wait: nobody else would ever end them. */
export const testCase = defineCase({
	name: "teardown/abort-write-back-held",
	proves: "An abort ends msync(2) whose WRITE is with the server, and those whose WRITEs wait behind it.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_abort_end_requests, fuse_uring_flush_bg (Linux 7.3)",
	negativeControl: { own: "Before the abort every msync(2) waits, and only one WRITE has come." },
	needs: ["own-server", "ring"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { flags: INIT.overIoUring, maxBackground: 1 });
		await setUpQueues(server, lab.mode);
		const dirty = [];
		for (let file = 0; file < FILES; file += 1) {
			const { client, fd } = await openFile(server, `file-${file}`);
			const map = await client.map(fd, PAGE, PROTECTION, SHARED);
			await server.serve(client.mapWrite(map, Buffer.alloc(PAGE), 0));
			dirty.push({ client, map });
		}
		const ends = dirty.map(async ({ client, map }) => await codeOf(client.mapSync(map)));
		await server.held(OP.write);
		t.equal(await server.awaited(OP.write, 500), null, "one WRITE is with the server, and no other comes");
		const before = await Promise.all(ends.map(async (end) => await codeWithin(end, 0)));
		t.same(before, Array(FILES).fill("waits"), "all wait");
		await server.abort();
		const codes = await Promise.all(ends.map(async (end) => await codeWithin(end, ENDS_MS)));
		t.same(codes, Array(FILES).fill("ECONNABORTED"), "every msync(2) gets an error");
	},
});
