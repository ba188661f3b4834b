import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { SecondServer } from "../lib/second-server.ts";

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
		const code = lab.mode === "devfuse" ? "E2BIG" : "EIO";
		await t.rejects(client.setXattr(fd, "user.large", Buffer.alloc(65_536)), { code }, `a large one is ${code}`);
		t.equal(String((await client.getXattr(fd, "user.small", 5)).data), "small", "the mount is served on");
	},
});
