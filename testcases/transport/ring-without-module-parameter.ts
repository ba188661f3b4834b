import { defineCase } from "../case.ts";
import { register } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { ERRNO, openFile, whileSet } from "../lib/bare-work.ts";

const PARAMETER = "/sys/module/fuse/parameters/enable_uring";

/** The administrator has the last word. */
export const testCase = defineCase({
	name: "transport/ring-without-module-parameter",
	proves:
		"With enable_uring=N a server that takes the ring all the same is served by /dev/fuse, and REGISTER is refused.",
	decidedIn: "fs/fuse/inode.c:process_init_reply (Linux 7.3)",
	negativeControl: { own: "The cell's own server has a ring, on a mount that was made before." },
	needs: ["ring"],
	timeoutMs: 20_000,
	async check(t, lab) {
		await whileSet(PARAMETER, "N", async () => {
			await using server = await BareServer.start(lab);
			t.equal(server.offered & (INIT.overIoUring | INIT.hasBufpool), 0n, "INIT offers no io_uring");
			t.ok((await openFile(server)).fd > 0, "a file is opened by way of /dev/fuse");
			const { result } = await register(server, { ring: await server.ring(), qid: 0, isZeroCopy: false, pool: null });
			t.equal(result, -ERRNO.EOPNOTSUPP, "REGISTER is refused");
		});
	},
});
