import { defineCase } from "../case.ts";
import { OP } from "../lib/bare-files.ts";
import { setUpQueues } from "../lib/bare-queues.ts";
import { BareServer } from "../lib/bare-server.ts";
import { INIT } from "../lib/bare-wire.ts";
import { openFile, whileSet } from "../lib/bare-work.ts";

const PAGE = 4096;
const LIMIT = 8;

/** The limit is the administrator's: a server cannot make the kernel's requests larger. */
export const testCase = defineCase({
	name: "transport/max-pages-capped",
	proves: "The sysctl max_pages_limit caps the pages of a request below what the server allows.",
	decidedIn: "fs/fuse/inode.c:process_init_reply (Linux 7.3)",
	negativeControl: { own: "Without the limit the same write is one request." },
	needs: ["own-server"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const bytes = 2 * LIMIT * PAGE;
		const flags = lab.mode === "devfuse" ? 0n : INIT.overIoUring;
		const options = { flags, maxPages: 2 * LIMIT, maxWrite: bytes };
		/** Size of the first WRITE that a direct write is made of. */
		const firstWrite = async (server: BareServer): Promise<number | undefined> => {
			if (lab.mode !== "devfuse") await setUpQueues(server, lab.mode);
			const { client, fd } = await openFile(server);
			const writing = client.write(fd, Buffer.alloc(bytes), 0);
			const request = await server.held(OP.write);
			await server.reply(request);
			await server.serve(writing);
			return request.op.readUInt32LE(16);
		};
		await using free = await BareServer.start(lab, { ...options, name: "free" });
		t.equal(await firstWrite(free), bytes, "without the limit");
		const limited = async (): Promise<BareServer> => await BareServer.start(lab, options);
		await using server = await whileSet("/proc/sys/fs/fuse/max_pages_limit", LIMIT, limited);
		t.equal(await firstWrite(server), LIMIT * PAGE, "with it");
	},
});
