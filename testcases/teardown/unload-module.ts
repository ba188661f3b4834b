import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { patternOf } from "../lib/pattern.ts";
import { difference } from "../lib/same-bytes.ts";

const LENGTH = 4 * 4096;
const MODULE = "/sys/module/fuse";
const TRIES = 20;

/** A mount holds the module, and so does the control file system (fs/fuse/control.c). */
export const testCase = defineCase({
	name: "teardown/unload-module",
	proves: "The module does not go while requests are under way; after the last unmount it goes, and comes back.",
	decidedIn: "fs/fuse/inode.c:fuse_init, fuse_exit (Linux 7.3)",
	negativeControl: { own: "What unloads the module at the end must fail while it is mounted." },
	needs: ["fresh"],
	timeoutMs: 60_000,
	async check(t, lab) {
		// A kernel that has FUSE built in says nothing of its references.
		if (!existsSync(`${MODULE}/refcnt`)) {
			t.pass("unload", { skip: "FUSE is built into this kernel" });
			return;
		}
		const content = patternOf(1, LENGTH);
		const outcomes = new Set<string>();
		let isOver = false;
		const writer = async (name: string): Promise<void> => {
			while (!isOver) {
				await writeFile(`${lab.mount}/${name}`, content);
				outcomes.add(difference(await readFile(`${lab.behind}/${name}`), content));
			}
		};
		const unloaded = async (): Promise<boolean> => (await lab.run("rmmod", ["fuse"])).status === 0;
		const writers = [writer("one"), writer("two")];
		for (let round = 0; round < TRIES && !isOver; round += 1) isOver = await unloaded();
		t.notOk(isOver, `it stays, however often it is told to go (${TRIES} times)`);
		isOver = true;
		await Promise.all(writers);
		t.same([...outcomes], ["same"], "the store has what was written");
		await lab.stopServer();
		await lab.run("umount", ["/sys/fs/fuse/connections"]);
		t.ok(await unloaded(), "unmounted, it goes");
		t.notOk(existsSync(MODULE), "and is gone");
		t.equal((await lab.run("modprobe", ["fuse"])).status, 0, "it comes back");
		t.match(await readFile("/proc/filesystems", "utf8"), /\tfuse\n/, "with its file system");
	},
});
