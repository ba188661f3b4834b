import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { defineCase } from "../case.ts";
import { readDirect } from "../lib/direct-read.ts";
import { patternOf } from "../lib/pattern.ts";
import { SecondServer } from "../lib/second-server.ts";

/** Requests wait in the kernel, and none is lost. */
export const testCase = defineCase({
	name: "transport/stopped-server",
	proves: "Requests to a server that is stopped by a signal wait, and all end when it goes on.",
	decidedIn: "fs/fuse/dev.c:request_wait_answer (Linux 7.3)",
	negativeControl: { own: "The same reads end at once before the stop and do not during it." },
	needs: ["own-server"],
	timeoutMs: 30_000,
	async check(t, lab) {
		await using server = await SecondServer.start(lab);
		const files = Array.from({ length: 4 }, (_, file) => file);
		for (const file of files) await writeFile(`${server.behind}/${file}`, patternOf(file + 1, 8192));
		const readAll = async (): Promise<readonly Buffer[]> =>
			await Promise.all(files.map(async (file) => await readDirect(`${server.mount}/${file}`, 8192)));
		await readAll();
		await server.suspend();
		let ended = false;
		const reading = readAll().finally(() => {
			ended = true;
		});
		await sleep(500);
		t.notOk(ended, "they wait");
		server.kill("SIGCONT");
		const read = await reading;
		t.same(
			files.filter((file) => read[file]?.equals(patternOf(file + 1, 8192)) !== true),
			[],
			"all of them are right",
		);
	},
});
