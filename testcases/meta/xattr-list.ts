import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";

/** Names come as one block, each ended by a NUL. */
export const testCase = defineCase({
	name: "meta/xattr-list",
	proves: "listxattr(2) gives every name that was set, their length with room 0, and ERANGE with too little.",
	decidedIn: "fs/fuse/xattr.c:fuse_listxattr (Linux 7.3)",
	negativeControl: "xattr-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "");
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		const _behind = await client.open(`${lab.behind}/file`, constants.O_RDWR);
		const names = Array.from({ length: 20 }, (_, index) => `user.name${index}`);
		for (const name of names) await client.setXattr(fd, name, Buffer.from(name));
		const wanted = names.join("\0").length + 1;
		t.equal((await client.listXattr(fd, 0)).result, wanted, "the length");
		const listed = String((await client.listXattr(fd, wanted)).data)
			.split("\0")
			.slice(0, -1);
		t.same(listed.sort(), names.sort(), "the names");
		await t.rejects(client.listXattr(fd, wanted - 1), { code: "ERANGE" }, "one byte too few");
	},
});
