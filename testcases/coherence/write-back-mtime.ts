import { constants } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { Client } from "../lib/client.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Longer than a tick of any kernel, by which file times go. */
const LATER_MS = 50;
/** Of which one at least is written in the tick in which it is created. */
const MOST_FILES = 100;

/** With a write-back cache the kernel keeps the time of the last write, and tells the server when it has written back. */
export const testCase = defineCase({
	name: "coherence/write-back-mtime",
	proves:
		"A file written back has one time, the client's; written in the tick of its creation, the server's: the client's changes when its inode is dropped.",
	decidedIn: "fs/fuse/file.c:fuse_write_inode; fs/inode.c:inode_update_cmtime (Linux 7.3)",
	negativeControl: { own: "Both kinds of file are asked the same, and answer otherwise." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { writeback: "yes" });
		await using client = Client.start();
		const timesOf = async (name: string) => {
			const at = async (folder: string) => (await stat(`${folder}/${name}`, { bigint: true })).mtimeNs;
			return { client: await at(server.mount), server: await at(server.behind) };
		};
		/** Creates a file, waits, writes, and closes it well after that. */
		const write = async (name: string, waitMs: number) => {
			const fd = await client.open(`${server.mount}/${name}`, constants.O_RDWR | constants.O_CREAT);
			if (waitMs > 0) await setTimeout(waitMs);
			await client.write(fd, Buffer.from("data"), 0);
			await setTimeout(LATER_MS);
			await client.close(fd);
			return await timesOf(name);
		};
		const later = await write("later", LATER_MS);
		t.equal(later.server, later.client, "written later than it was created, it has the client's time on both sides");
		for (let n = 0; n < MOST_FILES; n += 1) {
			const before = await write(`at-once-${n}`, 0);
			if (before.server === before.client) continue;
			t.ok(before.server > before.client, "written at once, it has the time of its writing back in the store");
			await dropCaches();
			const after = await timesOf(`at-once-${n}`);
			t.equal(after.server, before.server, "nobody writes it");
			t.equal(after.client, before.server, "and yet the client sees another time than before");
			return;
		}
		t.fail(`the times of ${MOST_FILES} files written at once were the same on both sides`);
	},
});
