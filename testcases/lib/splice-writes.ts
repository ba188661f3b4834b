import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Test } from "tap";
import type { Lab } from "../case.ts";
import { Client } from "./client.ts";
import { patternOf } from "./pattern.ts";
import { sameBytes } from "./same-bytes.ts";

/** Offset and length, beside page borders; none is longer than a pipe. */
const PIECES = [
	[0, 60_000],
	[4095, 2],
	[8192, 4096],
	[65_535, 4465],
] as const;

/** Asserts that pieces spliced into a file from a pipe are in the store; `by` says how they came into the pipe. */
export const checkSpliceWrites = async (t: Test, lab: Lab, by: "write" | "vmsplice"): Promise<void> => {
	await using client = Client.start();
	const fd = await client.open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT);
	const wanted = Buffer.alloc(70_000);
	for (const [offset, length] of PIECES) {
		const bytes = patternOf(offset + 1, length);
		t.equal(await client.spliceWrite(fd, bytes, offset, by), length, `${length} bytes at ${offset}`);
		bytes.copy(wanted, offset);
	}
	await client.sync(fd);
	sameBytes(t, await readFile(`${lab.behind}/file`), wanted, "the store has them");
};
