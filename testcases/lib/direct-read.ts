import { constants } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import type { Lab } from "../case.ts";
import { alignedBuffer } from "./aligned-buffer.ts";
import { patternOf } from "./pattern.ts";

/** Puts a file behind the server, so that no page of it is cached in the mount; gives path in the mount and content. */
export const putBehind = async (
	lab: Lab,
	lengthBytes: number,
	name = "file",
): Promise<{ path: string; content: Buffer }> => {
	const content = patternOf(lengthBytes, lengthBytes);
	await writeFile(`${lab.behind}/${name}`, content);
	return { path: `${lab.mount}/${name}`, content };
};

/** One read(2) past the page cache: it shows a reply's own length and errno, where a buffered read makes every error EIO. */
export const readDirect = async (path: string, lengthBytes: number): Promise<Buffer> => {
	const file = await open(path, constants.O_RDONLY | constants.O_DIRECT);
	try {
		const memory = alignedBuffer(lengthBytes);
		const { bytesRead } = await file.read(memory, 0, lengthBytes, 0);
		return memory.subarray(0, bytesRead);
	} finally {
		// On a dead connection the FLUSH fails too, and would hide what the read said.
		await file.close().catch(() => undefined);
	}
};
