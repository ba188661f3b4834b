import { copyFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { SecondServer } from "../lib/second-server.ts";

/** exec(2) reads a file's head into the kernel's memory, which has no pages to lend. */
export const testCase = defineCase({
	name: "transport/exec-direct-io",
	proves: "A program whose file is opened for direct I/O is executed.",
	decidedIn: "fs/fuse/file.c:fuse_direct_io, fuse_get_user_pages (Linux 7.3)",
	negativeControl: { own: "Another program, which fails, fails." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab, { "direct-io": "yes" });
		for (const [name, status] of [
			["true", 0],
			["false", 1],
		] as const) {
			await copyFile(`/usr/bin/${name}`, `${server.behind}/${name}`);
			t.equal((await lab.run(`${server.mount}/${name}`, [])).status, status, name);
		}
	},
});
