import { readFile, writeFile } from "node:fs/promises";
import { defineCase } from "../case.ts";
import { SecondServer } from "../lib/second-server.ts";

/** A server that is asked to end unmounts itself. */
export const testCase = defineCase({
	name: "teardown/terminated-idle",
	proves: "SIGTERM makes the server unmount and end with status 0, and nothing is mounted there any more.",
	decidedIn: "fs/fuse/inode.c:fuse_conn_destroy (Linux 7.3)",
	negativeControl: { own: "The mount is in the list of mounts before, and not after." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab);
		const isMounted = async (): Promise<boolean> =>
			(await readFile("/proc/self/mountinfo", "utf8")).includes(server.mount);
		await writeFile(`${server.mount}/file`, "x");
		t.ok(await isMounted(), "it is mounted");
		server.kill("SIGTERM");
		t.equal(await server.end(), "status 0", "the server ends well");
		t.notOk(await isMounted(), "it is not mounted");
		t.equal(await readFile(`${server.behind}/file`, "utf8"), "x", "the store has the file");
	},
});
