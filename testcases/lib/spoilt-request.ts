/** What several faults of our own server have in common: one request is spoilt, and what the client sees of it. */
import { constants } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import type { Test } from "tap";
import type { ProcessEnd } from "../../orchestrator/domain/channel.ts";
import type { FaultName, FaultOrder } from "../../orchestrator/domain/server-message.ts";
import type { Lab } from "../case.ts";
import { alignedBuffer } from "./aligned-buffer.ts";
import { putBehind, readDirect } from "./direct-read.ts";
import { hasEnded } from "./fuse-connection.ts";
import { answersToFaults, OPCODE, orderFault } from "./orders.ts";
import { patternOf } from "./pattern.ts";
import { sameBytes } from "./same-bytes.ts";

const SIZE = 4096;

/** The kernel answers ENOENT to the commit that `fault` adds to a direct READ's; this reader and the next have their data. */
export const strayCommit = async (t: Test, lab: Lab, fault: FaultName): Promise<void> => {
	const { path, content } = await putBehind(lab, SIZE);
	await orderFault(lab, { fault, opcode: OPCODE.read });
	sameBytes(t, await readDirect(path, SIZE), content, "the read is right");
	sameBytes(t, await readDirect(path, SIZE), content, "the next one too");
	t.same(await answersToFaults(lab), [-2], "the kernel answered ENOENT to the commit too many");
};

/** The server ends as `end` tells while it holds a direct READ: the reader hears of it at once, and the mount is dead. */
export const deathInRead = async (t: Test, lab: Lab, fault: FaultName, end: ProcessEnd): Promise<void> => {
	const { path } = await putBehind(lab, SIZE);
	await lab.expectServerEnd(end);
	await orderFault(lab, { fault, opcode: OPCODE.read });
	const started = performance.now();
	await t.rejects(readDirect(path, SIZE), { code: "ECONNABORTED" }, "the reader gets ECONNABORTED");
	t.ok(performance.now() - started < 5_000, "without waiting");
	t.ok(await hasEnded(lab.server?.pid ?? 0, 5_000), "the server is gone");
	await t.rejects(stat(`${lab.mount}/other`), { code: "ENOTCONN" }, "later calls get ENOTCONN");
	t.equal((await lab.run("umount", [lab.mountRoot])).status, 0, "it unmounts");
};

/** A direct write that `fault` spoils fails with `code`, and the next one reaches the store. */
export const failedWrite = async (
	t: Test,
	lab: Lab,
	fault: Omit<FaultOrder, "type" | "opcode">,
	code: string,
): Promise<void> => {
	await using file = await open(`${lab.mount}/file`, constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT, 0o600);
	const memory = alignedBuffer(SIZE);
	patternOf(31, SIZE).copy(memory);
	await orderFault(lab, { ...fault, opcode: OPCODE.write });
	await t.rejects(file.write(memory, 0, SIZE, 0), { code }, `the client gets ${code}`);
	t.equal((await file.write(memory, 0, SIZE, 0)).bytesWritten, SIZE, "the next write succeeds");
	sameBytes(t, await readFile(`${lab.behind}/file`), memory, "and is in the store");
};
