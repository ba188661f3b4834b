/** Operations on one file, drawn by a seed. */
import { type Operation, READ_WAYS, WRITE_WAYS } from "./file-model.ts";

const PAGE_BYTES = 4096;

/** No file grows beyond it, and no operation is longer than half a pipe's 64 KiB. */
const MOST_BYTES = 160 * 1024;
const LONGEST_BYTES = 32 * 1024;

/** Whole numbers below a bound, the same ones for the same seed (mulberry32). */
const numbersOf = (seed: number): ((below: number) => number) => {
	let state = Math.imul(seed, 0x9e3779b1) >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
};

/** `count` operations; direct ones begin and end at multiples of `stepBytes`. Most ends lie beside a page border. */
export const randomOperations = (seed: number, count: number, stepBytes: number): readonly Operation[] => {
	const below = numbersOf(seed);
	const one = <T>(things: readonly T[]): T => things[below(things.length)] as T;
	const near = (border: number): number => Math.max(0, border + one([-1, 0, 0, 1, below(PAGE_BYTES)]));
	const stepped = (bytes: number): number => Math.ceil(bytes / stepBytes) * stepBytes;
	const place = (): number => Math.min(near(below(MOST_BYTES / PAGE_BYTES) * PAGE_BYTES), MOST_BYTES - LONGEST_BYTES);
	const range = (): { offset: number; length: number } => ({
		offset: place(),
		length: Math.max(1, Math.min(near(below(LONGEST_BYTES / PAGE_BYTES) * PAGE_BYTES), LONGEST_BYTES)),
	});
	const forWay = (by: string): { offset: number; length: number } => {
		const { offset, length } = range();
		return by === "direct" ? { offset: stepped(offset), length: stepped(length) } : { offset, length };
	};
	const draw = (): Operation => {
		const kind = one(["write", "write", "write", "read", "read", "read", "truncate", "copy", "allocate", "other"]);
		switch (kind) {
			case "write": {
				const by = one(WRITE_WAYS);
				return { kind, by, ...forWay(by), seed: below(1 << 30) };
			}
			case "read": {
				const by = one(READ_WAYS);
				return { kind, by, ...forWay(by) };
			}
			case "truncate":
				return { kind, length: place() };
			case "copy": {
				const { offset, length } = range();
				return { kind, offset, to: place(), length };
			}
			case "allocate":
				return { kind: one(["allocate", "reserve", "punch", "punch", "zero"]), ...range() };
			default:
				return { kind: one(["sync", "drop", "drop", "reopen"]) };
		}
	};
	return Array.from({ length: count }, draw);
};
