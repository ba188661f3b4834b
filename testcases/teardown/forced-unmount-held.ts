import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { readDirect } from "../lib/direct-read.ts";
import { patternOf } from "../lib/pattern.ts";
import { SecondServer } from "../lib/second-server.ts";

/** umount -f aborts the connection first. */
export const testCase = defineCase({
	name: "teardown/forced-unmount-held",
	proves: "umount -f of a mount whose clients wait ends them, and the server ends by itself when it goes on.",
	decidedIn: "fs/fuse/inode.c:fuse_umount_begin (Linux 7.3)",
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
		const forced = server.umount("-f");
		await sleep(200);
		server.kill("SIGCONT");
		const found = await codes;
		t.same(
			found.filter((code) => !["ECONNABORTED", "ENOTCONN", "ECANCELED", "EIO"].includes(code ?? "")),
			[],
			`every client gets an error (${found.join(", ")})`,
		);
		await forced;
		await server.umount();
		t.equal(await server.end(), "status 0", "the server ends well");
	},
});
