/** Direct reads whose memory goes while the server has the request. */
import { constants } from "node:fs";
import type { Lab } from "../case.ts";
import { Client } from "./client.ts";
import { putBehind } from "./direct-read.ts";
import { OPCODE, orderFault } from "./orders.ts";

const HELD_MS = 300;

export interface GoneRead {
	/** Of the file, which held `content` all the time. */
	readonly path: string;
	readonly content: Buffer;
	/** Bytes that were read, and what is in that memory afterwards. */
	readonly result: number;
	readonly data: Buffer;
}

/** One read of `length` bytes; its memory is unmapped, or its pages are freed too and others, of 0xcc, are in their place. */
export const readIntoGone = async (lab: Lab, length: number, gone: "unmapped" | "freed"): Promise<GoneRead> => {
	const { path, content } = await putBehind(lab, length);
	await using client = Client.start();
	const fd = await client.open(path, constants.O_RDONLY | constants.O_DIRECT);
	await orderFault(lab, { fault: "delay", opcode: OPCODE.read, value: HELD_MS });
	const { result, data } = await client.readGone(fd, length, 0, gone);
	await client.close(fd);
	return { path, content, result, data };
};
