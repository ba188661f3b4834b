import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { patternOf } from "../lib/pattern.ts";
import { difference } from "../lib/same-bytes.ts";

const WORKERS = 8;
const FILES_EACH = 8;

const contentOf = (file: number): Buffer => patternOf(100 + file, 1000 + file * 97);

const eachInParallel = async (work: (file: number) => Promise<void>): Promise<void> => {
	const worker = async (number: number): Promise<void> => {
		for (let file = number; file < WORKERS * FILES_EACH; file += WORKERS) await work(file);
	};
	await Promise.all(Array.from({ length: WORKERS }, (_, number) => worker(number)));
};

/** Requests of many files are in flight at once; replies must find their own request. */
export const testCase = defineCase({
	name: "io/parallel-files",
	proves: "Sixty-four files written and read by 8 workers at the same time each keep their own content.",
	decidedIn: "fs/fuse/dev.c:fuse_dev_do_write; fs/fuse/dev_uring.c:fuse_uring_commit_fetch (Linux 7.3)",
	negativeControl: "write-data",
	timeoutMs: 10_000,
	async check(t, lab) {
		const wrongIn = async (folder: string): Promise<readonly string[]> => {
			const wrong: string[] = [];
			await eachInParallel(async (file) => {
				const how = difference(await readFile(`${folder}/${file}`), contentOf(file));
				if (how !== "same") wrong.push(`file ${file}: ${how}`);
			});
			// One line says enough; with a broken server there would be as many as files.
			return wrong.sort().slice(0, 3);
		};
		await eachInParallel(async (file) => await writeFile(`${lab.mount}/${file}`, contentOf(file)));
		t.same(await wrongIn(lab.behind), [], "the store has every file");
		await dropCaches();
		t.same(await wrongIn(lab.mount), [], "every file reads back through the mount");
	},
});
