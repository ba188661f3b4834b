import { defineCase } from "../case.ts";
import { putBehind, readDirect } from "../lib/direct-read.ts";
import { abortConnection, abortFileOf, hasEnded } from "../lib/fuse-connection.ts";
import { sameBytes } from "../lib/same-bytes.ts";

/** Every parked command is answered, so that the server's threads can end. */
export const testCase = defineCase({
	name: "teardown/abort-idle",
	proves: "An abort of an idle connection makes the mount ENOTCONN and the server end by itself.",
	decidedIn: "fs/fuse/dev_uring.c:fuse_uring_entry_teardown; fs/fuse/control.c:fuse_conn_abort_write (Linux 7.3)",
	negativeControl: { own: "The file is read before the abort and refused after it." },
	needs: ["own-server"],
	timeoutMs: 20_000,
	async check(t, lab) {
		const { path, content } = await putBehind(lab, 4096);
		sameBytes(t, await readDirect(path, 4096), content, "the file system is served");
		const abortFile = await abortFileOf(lab.mountRoot);
		await lab.expectServerEnd({ exitCode: 0, signal: null });
		await abortConnection(abortFile);
		await t.rejects(readDirect(path, 4096), { code: "ENOTCONN" }, "then calls get ENOTCONN");
		t.ok(await hasEnded(lab.server?.pid ?? 0, 10_000), "the server ends");
		t.equal((await lab.run("umount", [lab.mountRoot])).status, 0, "it unmounts");
	},
});
