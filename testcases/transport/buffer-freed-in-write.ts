import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client } from "../lib/client.ts";
import { FAILING_WRITES, OPCODE, orderFault } from "../lib/orders.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const LENGTH = 16 * 4096;

export const testCase = defineCase({
	name: "transport/buffer-freed-in-write",
	proves: "A direct write whose pages are freed while it is under way stores what was in them when it was made.",
	decidedIn: "fs/fuse/file.c:fuse_get_user_pages, fuse_release_user_pages (Linux 7.3)",
	negativeControl: FAILING_WRITES,
	needs: ["own-server", "ring"],
	timeoutMs: 15_000,
	async check(t, lab) {
		const content = patternOf(7, LENGTH);
		await using client = Client.start();
		// A direct write that grows a file is made synchronous (fs/fuse/file.c:fuse_direct_IO).
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT);
		await client.write(fd, Buffer.alloc(LENGTH), 0);
		await orderFault(lab, { fault: "delay", opcode: OPCODE.write, value: 300 });
		t.equal(await client.writeGone(fd, content, 0), LENGTH, "all of it is written");
		await client.close(fd);
		sameBytes(t, await readFile(`${lab.behind}/file`), content, "the store has what was in the freed pages");
	},
});
