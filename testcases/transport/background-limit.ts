import { constants } from "node:fs";
import { defineCase, type Lab } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { type BareRequest, BareServer } from "../lib/bare-server.ts";

const FILES = 3;
/** In which nothing more comes. */
const QUIET_MS = 300;

const qidOf = ({ via }: BareRequest): number => (via.kind === "device" ? -1 : via.entry.qid);

/** RELEASEs, which are sent in the background, that come before nothing more does; everything else is replied to. */
const takeReleases = async (server: BareServer, held: BareRequest[]): Promise<void> => {
	for (;;) {
		const request = await server.next(QUIET_MS);
		if (request === null) return;
		if (request.opcode === OP.release) held.push(request);
		else await server.reply(request);
	}
};

/** Each queue has a background request to its end; then a client on each CPU closes its files, and what comes is held. */
const holdReleases = async (server: BareServer): Promise<BareRequest[]> => {
	const held: BareRequest[] = [];
	for (const cpu of [0, 1]) {
		const client = await server.client(cpu);
		const open = async (name: string): Promise<number> =>
			await server.serve(client.open(`${server.mount}/${name}`, constants.O_RDONLY));
		const closing = client.close(await open("before"));
		await server.reply(await server.held(OP.release));
		await closing;
		const files: number[] = [];
		for (let file = 0; file < FILES; file += 1) files.push(await open(`file-${file}`));
		const closed = Promise.all(files.map(async (fd) => await client.close(fd)));
		await takeReleases(server, held);
		await closed;
	}
	return held;
};

const start = async (lab: Lab, maxBackground: number): Promise<BareServer> => {
	const server = await BareServer.start(lab, { maxBackground, name: `background-${maxBackground}` });
	await setUpQueues(server, lab.mode, { entries: FILES + 2 });
	return server;
};

const perQueue = (held: readonly BareRequest[]): readonly number[] =>
	[0, 1].map((qid) => held.filter((request) => qidOf(request) === qid).length);

/** Background requests wait for the connection's limit, but of each queue one may always be with the server. */
export const testCase = defineCase({
	name: "transport/background-limit",
	proves:
		"Of more background requests than max_background allows one a queue is with the server, of fewer all are, again and again.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_flush_bg, fuse_uring_req_end (Linux 7.3)",
	negativeControl: { own: "The two limits give different numbers for the same calls." },
	needs: ["own-server", "ring", "two-cpus"],
	timeoutMs: 40_000,
	async check(t, lab) {
		await using narrow = await start(lab, 1);
		const held = await holdReleases(narrow);
		t.same(perQueue(held), [1, 1], "with a limit of one, one a queue is with the server");
		const ended: BareRequest[] = [];
		for (let request = held.shift(); request !== undefined; request = held.shift()) {
			ended.push(request);
			const others = held.length;
			await narrow.reply(request);
			await takeReleases(narrow, held);
			const isLast = perQueue(ended)[qidOf(request)] === FILES;
			t.equal(held.length - others, isLast ? 0 : 1, "after a reply the queue's next one comes, and it alone");
		}
		t.same(perQueue(ended), [FILES, FILES], "until all have come");
		await using wide = await start(lab, 4 * FILES);
		const together = await holdReleases(wide);
		t.same(perQueue(together), [FILES, FILES], "with a wide limit all come at once");
		for (const request of together) await wide.reply(request);
	},
});
