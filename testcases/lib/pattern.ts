/** Bytes that are equal for equal seeds and differ at every place, so that misplaced data cannot look right. */
export const patternOf = (seed: number, lengthBytes: number): Buffer => {
	const words = new Uint32Array(Math.ceil(lengthBytes / 4));
	// xorshift32: zero is its only fixed point.
	let state = (seed * 0x9e3779b1) >>> 0 || 1;
	for (let index = 0; index < words.length; index++) {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		words[index] = state;
	}
	return Buffer.from(words.buffer, 0, lengthBytes);
};

/** The whole numbers below `count` in an order that the seed decides. */
export const shuffled = (seed: number, count: number): readonly number[] => {
	const random = patternOf(seed, count * 4);
	return Array.from({ length: count }, (_, index) => index).sort(
		(a, b) => random.readUInt32LE(a * 4) - random.readUInt32LE(b * 4),
	);
};
