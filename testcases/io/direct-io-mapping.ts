import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";
import { SecondServer } from "../lib/second-server.ts";

/** A file that is always direct has no pages to share. */
export const testCase = defineCase({
	name: "io/direct-io-mapping",
	proves:
		"On a file opened FOPEN_DIRECT_IO a private mapping and reads give the content, and writes reach the store at once.",
	decidedIn: "fs/fuse/file.c:fuse_file_mmap, fuse_direct_write_iter (Linux 7.3)",
	negativeControl: { own: "The store is compared with what was written." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { "direct-io": "yes" });
		const content = patternOf(5, 20_000);
		await writeFile(`${server.behind}/file`, content);
		await using client = Client.start();
		const fd = await client.open(`${server.mount}/file`, constants.O_RDWR);
		const map = await client.map(fd, 20_000, PROT.read, MAP.private);
		sameBytes(t, await client.mapRead(map, 20_000, 0), content, "the mapping");
		await client.write(fd, Buffer.from("direct"), 4093);
		content.write("direct", 4093);
		sameBytes(t, await readFile(`${server.behind}/file`), content, "the store at once");
		sameBytes(t, await client.read(fd, 20_000, 0), content, "the read");
	},
});
