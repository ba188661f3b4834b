import { readFile, stat, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { readDirect } from "../lib/direct-read.ts";
import { patternOf } from "../lib/pattern.ts";
import { difference } from "../lib/same-bytes.ts";

/** Read-ahead and write-back go in the background, direct calls and look-ups in the foreground. */
export const testCase = defineCase({
	name: "transport/mixed-load",
	proves: "Background and foreground requests at the same time, on every CPU, all end and are right.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_queue_bq_req, fuse_uring_flush_bg (Linux 7.3)",
	negativeControl: "read-data",
	timeoutMs: 20_000,
	async check(t, lab) {
		const files = [0, 1, 2, 3];
		const contentOf = (file: number): Buffer => patternOf(file + 30, 300_000);
		for (const file of files) await writeFile(`${lab.behind}/${file}`, contentOf(file));
		const buffered = files.map(async (file) => difference(await readFile(`${lab.mount}/${file}`), contentOf(file)));
		const direct = files.map(async (file) =>
			difference(await readDirect(`${lab.mount}/${file}`, 65_536), contentOf(file).subarray(0, 65_536)),
		);
		const written = files.map(async (file) => {
			await writeFile(`${lab.mount}/new-${file}`, contentOf(file));
			return difference(await readFile(`${lab.mount}/new-${file}`), contentOf(file));
		});
		const looked = files.map(async (file) =>
			(await stat(`${lab.mount}/${file}`)).size === 300_000 ? "same" : "other size",
		);
		const outcomes = await Promise.all([...buffered, ...direct, ...written, ...looked]);
		t.same(
			outcomes.filter((outcome) => outcome !== "same"),
			[],
			"all of them are right",
		);
	},
});
