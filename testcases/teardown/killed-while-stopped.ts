import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { readDirect } from "../lib/direct-read.ts";
import { patternOf } from "../lib/pattern.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Clients wait, and the end of the process is their answer. */
export const testCase = defineCase({
	name: "teardown/killed-while-stopped",
	proves: "A server that is killed while it is stopped ends every client that waits, and its mount goes.",
	decidedIn: "fs/fuse/dev.c:fuse_dev_release; fs/fuse/dev_uring.c:fuse_uring_cancel (Linux 7.3)",
	negativeControl: { own: "The clients have no answer before the end, and each has one after it." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab);
		for (const file of [0, 1, 2]) await writeFile(`${server.behind}/${file}`, patternOf(file + 1, 8192));
		server.kill("SIGSTOP");
		const codes = Promise.all(
			[0, 1, 2].map(
				async (file) =>
					await readDirect(`${server.mount}/${file}`, 8192).then(
						() => "data",
						(error: NodeJS.ErrnoException) => error.code,
					),
			),
		);
		await sleep(500);
		server.kill("SIGKILL");
		const found = await codes;
		t.same(
			found.filter((code) => !["ECONNABORTED", "ENOTCONN", "ECANCELED", "EIO"].includes(code ?? "")),
			[],
			`every client gets an error (${found.join(", ")})`,
		);
		t.equal(await server.end(), "SIGKILL", "the server is gone");
		t.equal(await server.umount(), 0, "it unmounts");
	},
});
