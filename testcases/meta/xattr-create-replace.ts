import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, XATTR } from "../lib/client.ts";

/** The flags decide what may be there before. */
export const testCase = defineCase({
	name: "meta/xattr-create-replace",
	proves:
		"XATTR_CREATE of a name that is there is EEXIST, XATTR_REPLACE of one that is not ENODATA, and a removed name is gone.",
	decidedIn: "fs/fuse/xattr.c:fuse_setxattr, fuse_removexattr (Linux 7.3)",
	negativeControl: "xattr-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "");
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		const behind = await client.open(`${lab.behind}/file`, constants.O_RDWR);
		const name = "user.fuselab";
		await t.rejects(
			client.setXattr(fd, name, Buffer.from("one"), XATTR.replace),
			{ code: "ENODATA" },
			"nothing to replace",
		);
		await client.setXattr(fd, name, Buffer.from("one"), XATTR.create);
		await t.rejects(client.setXattr(fd, name, Buffer.from("two"), XATTR.create), { code: "EEXIST" }, "it is there");
		t.equal(String((await client.getXattr(fd, name, 10)).data), "one", "and as it was");
		await client.setXattr(fd, name, Buffer.from("two"), XATTR.replace);
		t.equal(String((await client.getXattr(behind, name, 10)).data), "two", "replaced");
		await client.removeXattr(fd, name);
		await t.rejects(client.getXattr(behind, name, 10), { code: "ENODATA" }, "removed");
		await t.rejects(client.removeXattr(fd, name), { code: "ENODATA" }, "twice");
	},
});
