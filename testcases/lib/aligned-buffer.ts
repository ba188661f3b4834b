// Node's types have no WebAssembly; only this much of it is needed.
declare const WebAssembly: {
	readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

const WASM_PAGE_BYTES = 65536;

/**
 * A buffer that starts on a page border, as O_DIRECT wants it: with other memory the kernel splits requests at
 * places that an O_DIRECT store refuses. JavaScript has no aligned allocation, but WebAssembly memory is mapped.
 */
export const alignedBuffer = (lengthBytes: number): Buffer => {
	const memory = new WebAssembly.Memory({ initial: Math.ceil(lengthBytes / WASM_PAGE_BYTES) });
	return Buffer.from(memory.buffer, 0, lengthBytes);
};
