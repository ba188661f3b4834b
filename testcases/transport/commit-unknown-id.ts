import { defineCase } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, holdRead } from "../lib/bare-work.ts";

const GOLDEN_RATIO_64 = 0x61c8864680b583ebn;

/** The bucket of an id among a queue's requests (dev.c:fuse_req_hash, linux/hash.h:hash_64). */
const bucketOf = (id: bigint): bigint => BigInt.asUintN(64, (id & ~1n) * GOLDEN_RATIO_64) >> 56n;

/** Ids near `id` which no request has, of its bucket. */
const twinsOf = (id: bigint, count: number): readonly bigint[] => {
	const twins: bigint[] = [];
	for (let other = id + 2n; twins.length < count; other += 2n) if (bucketOf(other) === bucketOf(id)) twins.push(other);
	return twins;
};

/** A reply goes to the request that it names, or to none. */
export const testCase = defineCase({
	name: "transport/commit-unknown-id",
	proves: "A commit of an id that no request has is answered ENOENT, and the request in flight stays with the server.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_commit_fetch; fs/fuse/dev.c:fuse_request_find (Linux 6.14)",
	negativeControl: { own: "The commit of the right id is taken afterwards, and the reader has its data." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab);
		await setUpQueues(server, lab.mode);
		const { request, ended } = await holdRead(server);
		const { via, unique } = request;
		if (via.kind === "device") throw new Error("the request came by /dev/fuse");
		for (const id of [0n, unique | 1n, unique + 2n, ...twinsOf(unique, 4)])
			t.equal(await server.commit(via.entry, id), -ERRNO.ENOENT, `id ${id}, where ${unique} is right`);
		t.equal(await server.reply(request), null, "the right one is taken");
		t.equal(await ended, "ok", "and the read ends well");
	},
});
