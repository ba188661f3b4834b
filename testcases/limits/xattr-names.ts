import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";

/** A name has 255 bytes with its prefix. */
export const testCase = defineCase({
	name: "limits/xattr-names",
	proves: "An attribute's name of 255 bytes works, one of 256 is ERANGE, one without a known prefix EOPNOTSUPP.",
	decidedIn: "fs/fuse/xattr.c:fuse_xattr_get; fs/xattr.c:setxattr_copy (Linux 7.3)",
	negativeControl: "xattr-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "");
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		const behind = await client.open(`${lab.behind}/file`, constants.O_RDWR);
		const name = `user.${"n".repeat(250)}`;
		await client.setXattr(fd, name, Buffer.from("long"));
		t.equal(String((await client.getXattr(behind, name, 10)).data), "long", "the store has it");
		t.equal(String((await client.getXattr(fd, name, 10)).data), "long", "it reads back");
		await t.rejects(client.setXattr(fd, `${name}n`, Buffer.from("x")), { code: "ERANGE" }, "one byte more");
		await t.rejects(client.setXattr(fd, "nobody.name", Buffer.from("x")), { code: "ENOTSUP" }, "an unknown prefix");
	},
});
