import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { dropCaches } from "../lib/caches.ts";

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o7777).toString(8);

/** With default_permissions the kernel judges by the mode it has cached. */
export const testCase = defineCase({
	name: "meta/mode",
	proves:
		"Modes given at creation and by chmod, the set-user-id and sticky bits included, arrive in the store and come back.",
	decidedIn: "fs/fuse/dir.c:fuse_setattr, fuse_do_setattr, fuse_create_open (Linux 7.3)",
	negativeControl: "chmod-ignored",
	timeoutMs: 10_000,
	async check(t, lab) {
		await writeFile(`${lab.mount}/file`, "content", { mode: 0o640 });
		await mkdir(`${lab.mount}/folder`, { mode: 0o750 });
		t.same(
			[await modeOf(`${lab.behind}/file`), await modeOf(`${lab.behind}/folder`)],
			["640", "750"],
			"creation modes are stored",
		);
		await chmod(`${lab.mount}/file`, 0o4711);
		await chmod(`${lab.mount}/folder`, 0o1777);
		t.same(
			[await modeOf(`${lab.behind}/file`), await modeOf(`${lab.behind}/folder`)],
			["4711", "1777"],
			"chmod is stored",
		);
		await dropCaches();
		t.same(
			[await modeOf(`${lab.mount}/file`), await modeOf(`${lab.mount}/folder`)],
			["4711", "1777"],
			"the mount says the same",
		);
	},
});
