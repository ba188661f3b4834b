/** Reading and writing at offsets, with short transfers carried on. */
import type { FileHandle } from "node:fs/promises";

/** Writes all of `bytes` at `offset`. */
export const writeAt = async (file: FileHandle, bytes: Buffer, offset: number): Promise<void> => {
	for (let done = 0; done < bytes.length; ) {
		const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
		done += bytesWritten;
	}
};

/** Fills `into` from `offset` and gives back what was there before the end of the file. */
export const readAt = async (file: FileHandle, into: Buffer, offset: number): Promise<Buffer> => {
	let done = 0;
	while (done < into.length) {
		const { bytesRead } = await file.read(into, done, into.length - done, offset + done);
		if (bytesRead === 0) break;
		done += bytesRead;
	}
	return into.subarray(0, done);
};
