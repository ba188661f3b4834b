import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Values are bytes, of any value and none. */
export const testCase = defineCase({
	name: "meta/xattr-value",
	proves: "An extended attribute set through the mount is in the store, and reads back byte for byte.",
	decidedIn: "fs/fuse/xattr.c:fuse_setxattr, fuse_getxattr (Linux 7.3)",
	negativeControl: "xattr-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "");
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		const behind = await client.open(`${lab.behind}/file`, constants.O_RDWR);
		for (const length of [1, 2, 255, 1000]) {
			const value = patternOf(length, length);
			await client.setXattr(fd, "user.fuselab", value);
			sameBytes(t, (await client.getXattr(behind, "user.fuselab", 4096)).data, value, `${length} bytes are stored`);
			sameBytes(t, (await client.getXattr(fd, "user.fuselab", 4096)).data, value, "and read back");
		}
		await client.setXattr(fd, "user.fuselab", Buffer.alloc(0));
		t.equal((await client.getXattr(fd, "user.fuselab", 100)).result, 0, "an empty value is a value");
	},
});
