/** Comparing contents with one point and one line of diagnostic, however long they are. */
import { createHash } from "node:crypto";
import type { Test } from "tap";

/** `same`, or how the contents differ: length, else the first differing byte. */
export const difference = (found: Uint8Array, wanted: Uint8Array): string => {
	if (found.length !== wanted.length) return `${found.length} bytes instead of ${wanted.length}`;
	if (Buffer.compare(found, wanted) === 0) return "same";
	const at = wanted.findIndex((byte, index) => found[index] !== byte);
	return `byte ${at} is ${found[at]} instead of ${wanted[at]}`;
};

/** Asserts that both contents are equal. */
export const sameBytes = (t: Test, found: Uint8Array, wanted: Uint8Array, name: string): void => {
	t.equal(difference(found, wanted), "same", name);
};

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
