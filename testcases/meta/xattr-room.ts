import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The caller asks for the length first. */
export const testCase = defineCase({
	name: "meta/xattr-room",
	proves: "getxattr(2) with room 0 gives the length, with just enough the value, with one byte less ERANGE.",
	decidedIn: "fs/fuse/xattr.c:fuse_getxattr (Linux 7.3)",
	negativeControl: "xattr-wrong",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "");
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR);
		const behind = await client.open(`${lab.behind}/file`, constants.O_RDWR);
		const value = patternOf(3, 300);
		await client.setXattr(fd, "user.fuselab", value);
		t.equal((await client.getXattr(fd, "user.fuselab", 0)).result, 300, "the length");
		sameBytes(t, (await client.getXattr(fd, "user.fuselab", 300)).data, value, "the value");
		await t.rejects(client.getXattr(fd, "user.fuselab", 299), { code: "ERANGE" }, "one byte too few");
		await t.rejects(client.getXattr(fd, "user.other", 299), { code: "ENODATA" }, "a name that is not there");
		sameBytes(t, (await client.getXattr(behind, "user.fuselab", 300)).data, value, "the store has it");
	},
});
