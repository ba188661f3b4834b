/** Small pieces of a file whose starts and ends lie on, before and after page borders. */
import type { FileHandle } from "node:fs/promises";
import { patternOf } from "./pattern.ts";
import { readAt, writeAt } from "./positioned.ts";
import { difference } from "./same-bytes.ts";

const PAGE_BYTES = 4096;
const SLOT_BYTES = 8 * PAGE_BYTES;

export interface Piece {
	readonly offset: number;
	readonly bytes: Buffer;
}

/** Every pairing of start and length around a border, each in a slot of its own; all are multiples of `stepBytes`. */
export const pageBorderPieces = (stepBytes: number): readonly Piece[] => {
	const starts = [0, stepBytes, PAGE_BYTES - stepBytes, PAGE_BYTES, PAGE_BYTES + stepBytes];
	const lengths = [stepBytes, PAGE_BYTES - stepBytes, PAGE_BYTES, PAGE_BYTES + stepBytes, 2 * PAGE_BYTES + stepBytes];
	return starts.flatMap((start, row) =>
		lengths.map((length, column) => {
			const slot = row * lengths.length + column;
			return { offset: slot * SLOT_BYTES + start, bytes: patternOf(slot + 1, length) };
		}),
	);
};

/** The file that results when the pieces are written to an empty one. */
export const imageOf = (pieces: readonly Piece[]): Buffer => {
	const image = Buffer.alloc(Math.max(...pieces.map(({ offset, bytes }) => offset + bytes.length)));
	for (const { offset, bytes } of pieces) bytes.copy(image, offset);
	return image;
};

/** Writes every piece from `memory`, which is at least as long as the longest. */
export const writePieces = async (file: FileHandle, pieces: readonly Piece[], memory: Buffer): Promise<void> => {
	for (const { offset, bytes } of pieces) {
		bytes.copy(memory);
		await writeAt(file, memory.subarray(0, bytes.length), offset);
	}
};

/** Reads every piece into `memory`; one line for each that is wrong. */
export const wrongPieces = async (
	file: FileHandle,
	pieces: readonly Piece[],
	memory: Buffer,
): Promise<readonly string[]> => {
	const wrong: string[] = [];
	for (const { offset, bytes } of pieces) {
		const found = await readAt(file, memory.subarray(0, bytes.length), offset);
		const how = difference(found, bytes);
		if (how !== "same") wrong.push(`${bytes.length} bytes at ${offset}: ${how}`);
	}
	return wrong;
};
