import { constants } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { ADVICE, Client } from "../lib/client.ts";
import { SecondServer } from "../lib/second-server.ts";
import { unownedKiB } from "../lib/unowned-memory.ts";

const PAGE = 4096;
const PAGES = 1500;
const NOISE_KIB = 3 * 1024;

/** Each request holds the pages that it lends, for as long as the server has them. */
export const testCase = defineCase({
	name: "transport/zero-copy-pages-come-back",
	proves: "After fifteen hundred zero-copied READs of a page of the page cache each, the pages are free again.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_set_up_zero_copy; io_uring/rsrc.c:io_release_ubuf (Linux 7.3)",
	negativeControl: { own: "The pages are twice what may be missing." },
	needs: ["own-server", "zero-copy"],
	timeoutMs: 60_000,
	async check(t, lab) {
		const readPages = async (pages: number): Promise<void> => {
			await using server = await SecondServer.start(lab);
			await writeFile(`${server.behind}/file`, "");
			await truncate(`${server.behind}/file`, pages * PAGE);
			await using client = Client.start();
			const fd = await client.open(`${server.mount}/file`, constants.O_RDONLY);
			await client.advise(fd, 0, 0, ADVICE.random);
			for (let page = 0; page < pages; page += 1) await client.read(fd, PAGE, page * PAGE);
			await client.close(fd);
			await server.umount();
			await server.end();
		};
		await readPages(100);
		const before = await unownedKiB();
		await readPages(PAGES);
		const lost = (await unownedKiB()) - before;
		t.ok(lost < NOISE_KIB, `${lost} KiB more than before have no owner`, { before });
	},
});
