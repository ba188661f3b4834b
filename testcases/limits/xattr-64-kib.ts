import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The largest value is as long as 16 pages of payload; the store may know less. */
export const testCase = defineCase({
	name: "limits/xattr-64-kib",
	proves:
		"An attribute of 65,536 bytes is stored where the store takes it, and refused as the store refuses it where not.",
	decidedIn: "fs/fuse/xattr.c:fuse_setxattr, fuse_getxattr; fs/xattr.c:setxattr_copy (Linux 7.3)",
	negativeControl: "xattr-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "");
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		const behind = await client.open(`${lab.behind}/file`, constants.O_RDWR);
		for (const length of [4096, 32_768, 65_536]) {
			const value = patternOf(length, length);
			const store = await client.setXattr(behind, "user.fuselab", value).then(
				() => "taken",
				(error: NodeJS.ErrnoException) => error.code,
			);
			if (store === "taken") await client.removeXattr(behind, "user.fuselab");
			const mount = await client.setXattr(fd, "user.fuselab", value).then(
				() => "taken",
				(error: NodeJS.ErrnoException) => error.code,
			);
			t.equal(mount, store, `${length} bytes: as the store itself (${store})`);
			if (store === "taken")
				sameBytes(t, (await client.getXattr(fd, "user.fuselab", length)).data, value, "and read back");
		}
		await t.rejects(client.setXattr(fd, "user.fuselab", Buffer.alloc(65_537)), { code: "E2BIG" }, "65,537 bytes");
		await client.setXattr(fd, "user.small", Buffer.from("small"));
		t.equal(String((await client.getXattr(fd, "user.small", 5)).data), "small", "a small one is right beside it");
	},
});
