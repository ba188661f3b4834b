import { readFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";
import { createFile } from "../lib/create-file.ts";
import { patternOf } from "../lib/pattern.ts";
import { writeAt } from "../lib/positioned.ts";
import { sameBytes } from "../lib/same-bytes.ts";

const KEPT_BYTES = 3000;
const GROWN_BYTES = 20_000;

/** The tail of the last page must be zeroed, or bytes that were cut off come back. */
export const testCase = defineCase({
	name: "io/truncate-grow",
	proves: "A file that was cut inside a page and grown again has zeros where the old bytes were.",
	decidedIn: "fs/fuse/dir.c:fuse_do_setattr (Linux 7.3)",
	negativeControl: "truncate-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		const old = patternOf(8, 5000);
		await using file = await createFile(`${lab.mount}/file`);
		await writeAt(file, old, 0);
		await file.truncate(KEPT_BYTES);
		await file.truncate(GROWN_BYTES);
		const wanted = Buffer.alloc(GROWN_BYTES);
		old.copy(wanted, 0, 0, KEPT_BYTES);
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted, "the mount has zeros after the cut");
		await file.close();
		sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "so has the store");
		await dropCaches();
		sameBytes(t, await readFile(`${lab.mount}/file`), wanted, "so has the mount when it asks the server again");
	},
});
