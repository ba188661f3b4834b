import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { Client, MAP, PROT } from "../lib/client.ts";
import { patternOf } from "../lib/pattern.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Two processes, one page. */
export const testCase = defineCase({
	name: "coherence/two-mappings",
	proves: "Two processes that map one file see each other's stores without a system call between.",
	decidedIn: "fs/fuse/file.c:fuse_file_mmap (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		await using one = Client.start();
		await using two = Client.start();
		const content = patternOf(15, 2 * 4096);
		await writeFile(`${lab.mount}/file`, content);
		const map = async (client: Client): Promise<number> => {
			const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR);
			return await client.map(fd, content.length, PROT.read | PROT.write, MAP.shared);
		};
		const [first, second] = [await map(one), await map(two)];
		await one.mapWrite(first, Buffer.from("from one"), 4090);
		t.equal(String(await two.mapRead(second, 8, 4090)), "from one", "the other process sees it");
		await two.mapWrite(second, Buffer.from("two"), 4095);
		t.equal(String(await one.mapRead(first, 8, 4090)), "from two", "and the other way");
		await two.mapSync(second);
		content.write("from two", 4090);
		sameBytes(t, await readFile(`${lab.behind}/file`), content, "the store has both");
	},
});
