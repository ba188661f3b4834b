import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { Client, FALLOC } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** These modes move data; no server could be asked. */
export const testCase = defineCase({
	name: "io/collapse-refused",
	proves: "COLLAPSE_RANGE and INSERT_RANGE are EOPNOTSUPP, and the file stays as it was.",
	decidedIn: "fs/fuse/file.c:fuse_file_fallocate (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using client = Client.start();
		const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
		const wanted = patternOf(5, 8 * 4096);
		await client.write(fd, wanted, 0);
		for (const mode of [FALLOC.collapse, FALLOC.insert])
			await t.rejects(client.fallocate(fd, mode, 4096, 4096), { code: "ENOTSUP" }, `mode ${mode} is refused`);
		await client.sync(fd);
		await dropCaches();
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store is as it was");
	},
});
