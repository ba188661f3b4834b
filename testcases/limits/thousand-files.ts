import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";

/** Every file has its own node, handle and cache. */
export const testCase = defineCase({
	name: "limits/thousand-files",
	proves: "A thousand files written and then all open at once each give their own content.",
	decidedIn: "fs/fuse/dir.c:fuse_create_open; fs/fuse/inode.c:fuse_iget (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 60_000,
	async check(t, lab) {
		// Synchronous calls: a turn of the event loop for each would take longer than all of them.
		const contentOf = (file: number): string => `file ${file} of a thousand`.repeat(1 + (file % 7));
		const numbers = Array.from({ length: 1000 }, (_, file) => file);
		for (const file of numbers) writeFileSync(`${lab.mount}/${file}`, contentOf(file));
		await dropCaches();
		const files = numbers.map((file) => openSync(`${lab.mount}/${file}`, "r"));
		const wrong = numbers.filter((file) => readFileSync(files[file] ?? -1, "utf8") !== contentOf(file));
		for (const file of files) closeSync(file);
		t.same(wrong.slice(0, 3), [], "all of them are right");
	},
});
