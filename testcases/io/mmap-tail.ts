import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** The rest of the last page is nobody's, and must show nothing of what stood in memory before. */
export const testCase = defineCase({
	name: "io/mmap-tail",
	proves:
		"The bytes of the last page behind the end of the file are zeros in a mapping, and stores to them are not kept.",
	decidedIn: "fs/fuse/file.c:fuse_do_readfolio; fs/fuse/dev.c:fuse_copy_folio (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const [path, content] = [`${lab.mount}/file`, patternOf(20, 4096 + 100)];
		await writeFile(path, content);
		await dropCaches();
		await using client = Client.start();
		const fd = await client.open(path, constants.O_RDWR);
		const map = await client.map(fd, 8192, PROT.read | PROT.write, MAP.shared);
		sameBytes(
			t,
			await client.mapRead(map, 8192, 0),
			Buffer.concat([content, Buffer.alloc(8192 - 4196)]),
			"content, then zeros",
		);
		await client.mapWrite(map, Buffer.from("beyond"), 4200);
		await client.mapSync(map);
		sameBytes(t, await readFile(`${lab.behind}/file`), content, "the store keeps its size and content");
	},
});
