import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import { sha256OfFile } from "../orchestrator/host/files.ts";
import { entryFolder, findKernel, keepKernel, kernelsFolder, listKernels, removeKernel } from "./cache.ts";

const KEY = "a".repeat(64);
const WISH_KEY = "b".repeat(64);
const asked = { name: "again", patches: [] };

const keep = async (): Promise<void> => {
	const temporary = path.join(kernelsFolder(), `.${KEY}.tmp-1`);
	await mkdir(temporary, { recursive: true });
	for (const name of ["image", "config", "build.log"]) await writeFile(path.join(temporary, name), name);
	await keepKernel(temporary, {
		version: 2,
		name: "first",
		key: KEY,
		wishKey: WISH_KEY,
		sourceVersion: "7.3",
		sourceSha256: "s",
		imageSha256: await sha256OfFile(path.join(temporary, "image")),
		imageBytes: 5,
		compiler: "gcc",
		buildSeconds: 1,
		compiledFiles: 2,
		warnings: [],
	});
};

t.test("keeps, finds, lists and removes a kernel", async (t) => {
	process.env.XDG_CACHE_HOME = t.testdir();
	t.equal(await findKernel(KEY, asked), undefined);
	t.strictSame(await listKernels(), []);
	await keep();
	t.match(await findKernel(KEY, asked), { name: "again", key: KEY, fromCache: true, sourceVersion: "7.3" });
	t.match(await listKernels(), [{ key: KEY, name: "first" }]);
	await removeKernel(KEY);
	t.equal(await findKernel(KEY, asked), undefined);
});

t.test("does not hand out an image that has changed, and replaces it", async (t) => {
	process.env.XDG_CACHE_HOME = t.testdir();
	await keep();
	await writeFile(path.join(entryFolder(KEY), "image"), "rotten");
	t.equal(await findKernel(KEY, asked), undefined);
	await keep();
	t.ok(await findKernel(KEY, asked));
	await writeFile(path.join(entryFolder(KEY), "kernel.json"), "{");
	t.equal(await findKernel(KEY, asked), undefined);
});
