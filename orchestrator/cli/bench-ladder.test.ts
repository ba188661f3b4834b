import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import { applySeries, patchesOf, readStack } from "../../kernels/series.ts";
import { seriesFor } from "./bench-ladder.ts";

t.test("generates a series that applies, each patch to the header and to a file of fs/fuse", async (t) => {
	const folder = t.testdir({ tree: {} });
	const tree = path.join(folder, "tree");
	const names = [
		"include/uapi/linux/fuse.h",
		...["dev", "file", "inode", "dir", "readdir", "xattr"].map((n) => `fs/fuse/${n}.c`),
	];
	const texts = new Map(names.map((name) => [name, `one\ntwo\nthree\nend of ${name}\n`]));
	for (const [name, text] of texts) {
		await mkdir(path.join(tree, path.dirname(name)), { recursive: true });
		await writeFile(path.join(tree, name), text);
	}
	const mbox = path.join(folder, "bench.mbox");
	await writeFile(mbox, seriesFor(texts));
	const { signal } = new AbortController();
	const patches = patchesOf(await readStack([{ kind: "path", path: mbox }], signal));
	t.equal(patches.length, 10);
	await applySeries(tree, patches, { signal, onStage: () => undefined });
	const header = await readFile(path.join(tree, "include/uapi/linux/fuse.h"), "utf8");
	t.equal(header.match(/^#define FUSELAB_BENCH_\d+ \d+$/gm)?.length, 10);
	t.match(await readFile(path.join(tree, "fs/fuse/dev.c"), "utf8"), /fuselab_bench_1 = .*\n.*\n.*fuselab_bench_7 = /);
});
