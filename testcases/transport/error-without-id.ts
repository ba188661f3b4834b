import { defineCase, type Lab } from "../case.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { ERRNO, holdRead } from "../lib/bare-work.ts";

/** What read(2) ends with when its READ is answered with EIO, by that unique or its own. */
const readAnswered = async (lab: Lab, unique?: bigint): Promise<string> => {
	await using server = await BareServer.start(lab);
	await setUpQueues(server, lab.mode);
	const { request, ended } = await holdRead(server);
	if (request.via.kind !== "entry") throw new Error("the READ did not come by the ring");
	const { entry, request: own } = request.via;
	const via = { kind: "entry", entry, request: { ...own, unique: unique ?? own.unique } } as const;
	await server.reply({ ...request, via }, -ERRNO.EIO);
	return await server.serve(ended);
};

/** Unique 0 marks a notification on /dev/fuse, and there an error is the notification's number. */
export const testCase = defineCase({
	name: "transport/error-without-id",
	proves: "A reply with an error and unique 0 is EINVAL to the client, not its error.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_out_header_has_err (Linux 7.3)",
	negativeControl: { own: "With the request's own unique the client gets the error." },
	needs: ["ring", "own-server"],
	timeoutMs: 20_000,
	async check(t, lab) {
		t.equal(await readAnswered(lab), "EIO", "its own unique");
		t.equal(await readAnswered(lab, 0n), "EINVAL", "unique 0");
	},
});
