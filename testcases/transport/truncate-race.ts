import { constants } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { alignedBuffer } from "../lib/aligned-buffer.ts";
import { dropCaches } from "../lib/caches.ts";
import { putBehind } from "../lib/direct-read.ts";
import { LYING_READS } from "../lib/orders.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const FULL = 64 * 4096;
/** What every truncate leaves: neither pages nor sectors. */
const KEPT = 20 * 4096 + 123;
const ROUNDS = 40;

/** What a read may not give: another length, other bytes in front, or behind KEPT what is neither content nor zero. */
const whyWrong = (found: Buffer, content: Buffer): string | undefined => {
	if (found.length < KEPT) return `only ${found.length} bytes`;
	if (!found.subarray(0, KEPT).equals(content.subarray(0, KEPT))) return "other bytes in what was never cut";
	const at = found.findIndex((byte, index) => index >= KEPT && byte !== 0 && byte !== content[index]);
	return at < 0 ? undefined : `byte ${at} is ${found[at]}, which is neither ${content[at]} nor 0`;
};

/** The reply to a READ may find the file shorter or longer than it was when the READ was sent. */
export const testCase = defineCase({
	name: "transport/truncate-race",
	proves:
		"While a file is cut and grown again, every direct and buffered read gives what is never cut as it was, and behind it old content, zeros or an end.",
	decidedIn: "fs/fuse/dir.c:fuse_do_setattr; fs/fuse/file.c:fuse_short_read, fuse_direct_io (Linux 7.3)",
	negativeControl: LYING_READS,
	needs: ["own-server", "ring"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, FULL);
		await using file = await open(path, constants.O_RDWR);
		await using direct = await open(path, constants.O_RDONLY | constants.O_DIRECT);
		await using store = await open(`${lab.behind}/file`, constants.O_RDWR);
		const faults = new Set<string>();
		const reads = { direct: 0, buffered: 0 };
		let isOver = false;
		const check = (how: keyof typeof reads, found: Buffer): void => {
			reads[how] += 1;
			const fault = whyWrong(found, content);
			if (fault !== undefined) faults.add(`${how}: ${fault}`);
		};
		const readDirect = async (): Promise<void> => {
			const memory = alignedBuffer(FULL);
			while (!isOver) {
				// What is said to be read and was not shows.
				memory.fill(0xaa);
				const { bytesRead } = await direct.read(memory, 0, FULL, 0);
				check("direct", memory.subarray(0, bytesRead));
			}
		};
		const readBuffered = async (): Promise<void> => {
			while (!isOver) check("buffered", await readFile(path));
		};
		const cutAndGrow = async (): Promise<void> => {
			for (let round = 0; round < ROUNDS; round += 1) {
				await file.truncate(KEPT);
				await file.truncate(FULL);
				// Behind the server, so that the mount has the pages to read again.
				await store.write(content, KEPT, FULL - KEPT, KEPT);
			}
		};
		await Promise.all([
			readDirect(),
			readBuffered(),
			cutAndGrow().finally(() => {
				isOver = true;
			}),
		]);
		t.same([...faults], [], `${reads.direct} direct and ${reads.buffered} buffered reads are right`);
		t.ok(reads.direct >= 5 && reads.buffered >= 5, "there were reads under way");
		await file.truncate(KEPT);
		await dropCaches();
		t.equal((await stat(path)).size, KEPT, "the last cut holds");
		sameBytes(t, await readFile(path), content.subarray(0, KEPT), "the mount has what is left");
		sameBytes(t, await readFile(`${lab.behind}/file`), content.subarray(0, KEPT), "the store too");
	},
});
