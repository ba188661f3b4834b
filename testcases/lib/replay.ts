/** Does a list of operations on a file of the mount and on the model, and says where they part. */
import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { dropCaches } from "./caches.ts";
import { type Client, FALLOC, MAP, PROT, RWF } from "./client.ts";
import { after, bytesOf, type Operation, readOf, sayOperation } from "./file-model.ts";
import { difference } from "./same-bytes.ts";

const MODES = {
	allocate: 0,
	reserve: FALLOC.keepSize,
	punch: FALLOC.punchHole | FALLOC.keepSize,
	zero: FALLOC.zeroRange | FALLOC.keepSize,
} as const;

/** Descriptors of the one file. */
interface Handles {
	readonly buffered: number;
	readonly direct: number;
}

const NONE = -1;

/**
 * The direct one only where it is used: write-back goes through any descriptor that the kernel picks, and a server that
 * opens its own with the client's O_DIRECT cannot write a part of a block through it.
 */
const openBoth = async (client: Client, path: string, wantsDirect: boolean): Promise<Handles> => ({
	buffered: await client.open(path, constants.O_RDWR | constants.O_CREAT),
	direct: wantsDirect ? await client.open(path, constants.O_RDWR | constants.O_DIRECT) : NONE,
});

const closeBoth = async (client: Client, { buffered, direct }: Handles): Promise<void> => {
	await client.close(buffered);
	if (direct !== NONE) await client.close(direct);
};

type Write = Extract<Operation, { kind: "write" }>;

const write = async (client: Client, { buffered, direct }: Handles, file: Buffer, operation: Write): Promise<void> => {
	const { by, offset } = operation;
	const bytes = bytesOf(file, operation);
	if (bytes.length === 0) return;
	const done = async (): Promise<number> => {
		switch (by) {
			case "direct":
				return await client.write(direct, bytes, offset);
			case "append":
				return await client.write(buffered, bytes, 0, { flags: RWF.append });
			case "dsync":
				return await client.write(buffered, bytes, offset, { flags: RWF.dsync });
			case "pieces":
				return await client.write(buffered, bytes, offset, { pieces: 5 });
			case "splice":
				return await client.spliceWrite(buffered, bytes, offset);
			case "vmsplice":
				return await client.spliceWrite(buffered, bytes, offset, "vmsplice");
			case "map": {
				const map = await client.map(buffered, offset + bytes.length, PROT.read | PROT.write, MAP.shared);
				await client.mapWrite(map, bytes, offset);
				await client.unmap(map);
				return bytes.length;
			}
			default:
				return await client.write(buffered, bytes, offset);
		}
	};
	const written = await done();
	if (written !== bytes.length) throw new Error(`only ${written} bytes were written`);
};

type Read = Extract<Operation, { kind: "read" }>;

const read = async (client: Client, { buffered, direct }: Handles, file: Buffer, operation: Read): Promise<Buffer> => {
	const { by, offset, length } = operation;
	if (by === "direct") return await client.read(direct, length, offset);
	if (by === "splice") return await client.spliceRead(buffered, length, offset);
	if (by === "buffered") return await client.read(buffered, length, offset);
	const there = readOf(file, operation).length;
	if (there === 0) return Buffer.of();
	const map = await client.map(buffered, offset + there, PROT.read, by === "map" ? MAP.shared : MAP.private);
	const bytes = await client.mapRead(map, there, offset);
	await client.unmap(map);
	return bytes;
};

/**
 * With write-back a direct read of a hole may end early, as the server does not know yet how far the file goes
 * (coherence/direct-read-before-write-back states it alone).
 */
const endsInHole = (found: Buffer, wanted: Buffer): boolean =>
	found.equals(wanted.subarray(0, found.length)) && wanted.subarray(found.length).every((byte) => byte === 0);

/** Ranges that overlap are EINVAL, and a source at the end of the file is nothing to copy. */
const copy = async (
	client: Client,
	{ buffered }: Handles,
	{ offset, to, length }: Extract<Operation, { kind: "copy" }>,
) => {
	for (let done = 0; done < length; ) {
		const some = await client.copyRange(buffered, offset + done, buffered, to + done, length - done);
		if (some === 0) return;
		done += some;
	}
};

const canCopy = (file: Buffer, { offset, to, length }: Extract<Operation, { kind: "copy" }>): boolean => {
	const there = readOf(file, { offset, length }).length;
	// The kernel judges the length asked for, and a file that grows under the copy would feed it.
	return there === length && (to + length <= offset || offset + length <= to);
};

/** Does one operation; gives the file that it should have made, or why it was wrong. */
const step = async (client: Client, handles: Handles, file: Buffer, operation: Operation): Promise<Buffer | string> => {
	switch (operation.kind) {
		case "write":
			await write(client, handles, file, operation);
			break;
		case "read": {
			const [found, wanted] = [await read(client, handles, file, operation), readOf(file, operation)];
			const how = difference(found, wanted);
			if (how !== "same" && !(operation.by === "direct" && endsInHole(found, wanted))) return how;
			break;
		}
		case "truncate":
			await client.truncate(handles.buffered, operation.length);
			break;
		case "copy":
			if (!canCopy(file, operation)) return file;
			await copy(client, handles, operation);
			break;
		case "sync":
			await client.sync(handles.buffered);
			break;
		case "drop":
			await dropCaches();
			break;
		case "reopen":
			break;
		default:
			try {
				await client.fallocate(handles.buffered, MODES[operation.kind], operation.offset, operation.length);
			} catch (error) {
				// tmpfs has no zero ranges, and the kernel calls that EOPNOTSUPP, a number that Node knows by its other name.
				if (operation.kind === "zero" && (error as NodeJS.ErrnoException).code === "ENOTSUP") return file;
				throw error;
			}
	}
	return after(file, operation);
};

/** Where the file and the model part, as a sentence; null when they do not. `path` and `behind` are one file, not there yet. */
export const replay = async (
	client: Client,
	path: string,
	behind: string,
	operations: readonly Operation[],
): Promise<string | null> => {
	let file: Buffer = Buffer.alloc(0);
	const wantsDirect = operations.some((operation) => "by" in operation && operation.by === "direct");
	let handles = await openBoth(client, path, wantsDirect);
	try {
		for (const [index, operation] of operations.entries()) {
			if (operation.kind === "reopen") {
				await closeBoth(client, handles);
				handles = await openBoth(client, path, wantsDirect);
			}
			const made = await step(client, handles, file, operation).catch((error: Error) => error.message);
			if (typeof made === "string") return `operation ${index + 1}, ${sayOperation(operation)}: ${made}`;
			file = made;
		}
		await client.sync(handles.buffered);
	} finally {
		await closeBoth(client, handles);
	}
	const stored = difference(await readFile(behind), file);
	if (stored !== "same") return `the store in the end: ${stored}`;
	await dropCaches();
	const seen = difference(await readFile(path), file);
	return seen === "same" ? null : `the mount in the end: ${seen}`;
};
