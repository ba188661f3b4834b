/** Readers of a second server that is stopped: each waits in the kernel for a reply. */
import { writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { Test } from "tap";
import { readDirect } from "./direct-read.ts";
import { patternOf } from "./pattern.ts";
import type { SecondServer } from "./second-server.ts";

const READERS = [0, 1, 2];
const ENDS = ["ECONNABORTED", "ENOTCONN", "ECANCELED"];

/** Stops the server and starts the readers; what is given back asserts that each has ended with an error of the connection. */
export const startWaitingReaders = async (t: Test, server: SecondServer): Promise<() => Promise<void>> => {
	for (const file of READERS) await writeFile(`${server.behind}/${file}`, patternOf(file + 1, 8192));
	await server.suspend();
	let ended = 0;
	const read = async (file: number): Promise<string | undefined> =>
		await readDirect(`${server.mount}/${file}`, 8192)
			.then(
				() => "data",
				(error: NodeJS.ErrnoException) => error.code,
			)
			.finally(() => {
				ended += 1;
			});
	const codes = Promise.all(READERS.map(read));
	await setTimeout(500);
	t.equal(ended, 0, "every reader waits");
	return async () => {
		const others = (await codes).filter((code) => !ENDS.includes(code ?? ""));
		t.same(others, [], "every reader gets an error of the connection");
	};
};
