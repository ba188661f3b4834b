/** What one file must be after an operation, however it was done: bytes, and zeros where nothing was written. */
import { patternOf } from "./pattern.ts";

export const WRITE_WAYS = ["buffered", "direct", "append", "pieces", "dsync", "splice", "vmsplice", "map"] as const;
export const READ_WAYS = ["buffered", "direct", "splice", "map", "private-map"] as const;

/** Offsets and lengths in bytes; `seed` decides the bytes (pattern.ts). */
export type Operation =
	| {
			readonly kind: "write";
			readonly by: (typeof WRITE_WAYS)[number];
			readonly offset: number;
			readonly length: number;
			readonly seed: number;
	  }
	| {
			readonly kind: "read";
			readonly by: (typeof READ_WAYS)[number];
			readonly offset: number;
			readonly length: number;
	  }
	| { readonly kind: "truncate"; readonly length: number }
	| { readonly kind: "allocate" | "reserve" | "punch" | "zero"; readonly offset: number; readonly length: number }
	| { readonly kind: "copy"; readonly offset: number; readonly to: number; readonly length: number }
	| { readonly kind: "sync" | "drop" | "reopen" };

const grown = (file: Buffer, length: number): Buffer =>
	length <= file.length ? Buffer.from(file) : Buffer.concat([file, Buffer.alloc(length - file.length)]);

const withBytes = (file: Buffer, bytes: Buffer, offset: number): Buffer => {
	const after = grown(file, bytes.length === 0 ? 0 : offset + bytes.length);
	bytes.copy(after, offset);
	return after;
};

/** The bytes that a write brings; a mapping does not grow the file. */
export const bytesOf = (file: Buffer, { by, offset, length, seed }: Extract<Operation, { kind: "write" }>): Buffer =>
	patternOf(seed, by === "map" ? Math.max(0, Math.min(length, file.length - offset)) : length);

/** What a read gives. */
export const readOf = (
	file: Buffer,
	{ offset, length }: { readonly offset: number; readonly length: number },
): Buffer => file.subarray(Math.min(offset, file.length), Math.min(offset + length, file.length));

/** The file after the operation; `file` itself stays as it is. */
export const after = (file: Buffer, operation: Operation): Buffer => {
	switch (operation.kind) {
		case "write":
			return withBytes(file, bytesOf(file, operation), operation.by === "append" ? file.length : operation.offset);
		case "truncate":
			return grown(file.subarray(0, operation.length), operation.length);
		case "allocate":
			return grown(file, operation.offset + operation.length);
		case "punch":
		case "zero": {
			const { length } = readOf(file, operation);
			return withBytes(file, Buffer.alloc(length), operation.offset);
		}
		case "copy":
			return withBytes(file, readOf(file, operation), operation.to);
		default:
			return file;
	}
};

/** One line for people. */
export const sayOperation = (operation: Operation): string => {
	const { kind, ...rest } = operation;
	return [kind, ...Object.entries(rest).map(([name, value]) => `${name}=${value}`)].join(" ");
};
