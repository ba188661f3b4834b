import { mkdir, open, readdir, readFile, rename, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";

/** What cannot be done is refused, by the kernel or by the store. */
export const testCase = defineCase({
	name: "meta/errors",
	proves: "Missing, existing, non-empty and mistaken names each give their own errno.",
	decidedIn: "fs/fuse/dir.c:fuse_lookup, fuse_mkdir, fuse_rmdir, fuse_unlink (Linux 7.3)",
	negativeControl: "unlink-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await mkdir(`${lab.mount}/folder`);
		await writeFile(`${lab.mount}/folder/file`, "x");
		const at = (name: string): string => `${lab.mount}/${name}`;
		for (const [name, attempt] of [
			["ENOENT", () => readFile(at("missing"))],
			["ENOTDIR", () => readFile(at("folder/file/more"))],
			["EISDIR", () => readFile(at("folder"))],
			["EEXIST", () => mkdir(at("folder"))],
			["ENOTEMPTY", () => rmdir(at("folder"))],
			["ENOTDIR", () => rmdir(at("folder/file"))],
			["EEXIST", () => open(at("folder/file"), "wx")],
			["EINVAL", () => rename(at("folder"), at("folder/inside"))],
			["ENOTEMPTY", () => mkdir(at("other")).then(async () => await rename(at("other"), at("folder")))],
		] as const)
			await t.rejects(attempt as () => Promise<unknown>, { code: name }, name);
		await unlink(at("folder/file"));
		await t.rejects(stat(at("folder/file")), { code: "ENOENT" }, "a removed file is not there");
		await rmdir(at("folder"));
		t.same(await readdir(lab.behind), ["other"], "the store agrees");
	},
});
