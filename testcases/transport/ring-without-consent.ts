import { defineCase } from "../case.ts";
import { register } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { ERRNO, openFile } from "../lib/bare-work.ts";

/** A server that knows of no ring would wait for ever. */
export const testCase = defineCase({
	name: "transport/ring-without-consent",
	proves: "Without FUSE_OVER_IO_URING in the reply to INIT, /dev/fuse serves and commands are answered EOPNOTSUPP.",
	decidedIn: "fs/fuse/inode.c:process_init_reply (Linux 7.3)",
	negativeControl: { own: "The kernel has offered the flag." },
	timeoutMs: 20_000,
	async check(t, lab) {
		await using server = await BareServer.start(lab, { flags: 0n });
		t.ok((server.offered & INIT.overIoUring) !== 0n, "the kernel offers io_uring");
		t.ok((await openFile(server)).fd > 0, "a file is opened by way of /dev/fuse");
		const { result } = await register(server, { ring: await server.ring(), qid: 0, isZeroCopy: false, pool: null });
		t.equal(result, -ERRNO.EOPNOTSUPP, "REGISTER is refused");
	},
});
