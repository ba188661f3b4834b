import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { SecondServer } from "../lib/second-server.ts";

/**
 * Clients that call at once, so that one at least is read by another thread than the server's first, whose buffer is of before INIT
 * and keeps room for 1 MiB (libfuse 3.18.3, lib/fuse_lowlevel.c:_fuse_session_receive_buf).
 */
const CLIENTS = 4;
const MOST_ROUNDS = 100;

/** A value larger than the payload buffer has no way to the server. */
export const testCase = defineCase({
	name: "limits/xattr-beyond-payload",
	proves:
		"With max_write of 4096 a value of 64 KiB is EIO on the ring and E2BIG by /dev/fuse, and a small one is stored.",
	decidedIn: "fs/fuse/dev.c:fuse_copy_fill, fuse_dev_do_read (Linux 7.3)",
	negativeControl: { own: "A small value is stored by the same call." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { "max-write": 4096 });
		await writeFile(`${server.mount}/file`, "");
		await using client = Client.start();
		const fd = await client.open(`${server.mount}/file`, constants.O_RDWR);
		await client.setXattr(fd, "user.small", Buffer.from("small"));
		t.equal(String((await client.getXattr(fd, "user.small", 5)).data), "small", "a small value");
		const large = Buffer.alloc(65_536, "large");
		const code = lab.mode === "devfuse" ? "E2BIG" : "EIO";
		await using others = new AsyncDisposableStack();
		const calls = await Promise.all(
			Array.from({ length: CLIENTS }, async () => {
				const other = others.use(Client.start());
				const file = await other.open(`${server.mount}/file`, constants.O_RDWR);
				return async () => await other.setXattr(file, "user.large", large);
			}),
		);
		let refused = 0;
		for (let round = 0; round < MOST_ROUNDS && refused === 0; round += 1)
			for (const ended of await Promise.allSettled(calls.map((call) => call())))
				if (ended.status === "rejected") {
					refused += 1;
					t.match(ended.reason, { code }, `a large one is ${code}`);
				} else t.equal(lab.mode, "devfuse", "only a reader of /dev/fuse can have room for a large one");
		t.ok(refused > 0, "it is refused");
		t.equal(String((await client.getXattr(fd, "user.small", 5)).data), "small", "the mount is served on");
	},
});
