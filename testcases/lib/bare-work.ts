/** What several bare cases have in common: a request that is held, and a REGISTER that is refused. */
import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { constants as system } from "node:os";
import type { Test } from "tap";
import type { Mode } from "../../orchestrator/domain/cell.ts";
import type { Lab } from "../case.ts";
import { OP } from "./bare-files.ts";
import { makeQueue, type Registration, register, ringFor } from "./bare-queues.ts";
import { type BareOptions, BareServer } from "./bare-server.ts";
import type { Client } from "./client.ts";

export const CAP_SYS_ADMIN = 21;
export const ERRNO = system.errno;
export const DIRECT = constants.O_RDWR | constants.O_DIRECT;
const READ_BYTES = 4096;

/** No address is there: the kernel never gives out the first page (vm.mmap_min_addr). */
export const NOWHERE = 4096;

/** Limits of which either is the larger: the largest payload follows both (dev_uring.c:fuse_uring_create, 7.3). */
export const PAYLOAD_LIMITS = {
	max_pages: { maxWrite: 32_768, maxPages: 16 },
	max_write: { maxWrite: 65_536, maxPages: 8 },
} as const;

/** A sysctl or a module's parameter has the value while that is done. */
export const whileSet = async <T>(file: string, value: string | number, work: () => Promise<T>): Promise<T> => {
	const before = await readFile(file, "utf8");
	await writeFile(file, String(value));
	try {
		return await work();
	} finally {
		await writeFile(file, before);
	}
};

/** `ok`, or the code of the error by which a call ends. */
export const codeOf = async (work: Promise<unknown>): Promise<string> =>
	await work.then(
		() => "ok",
		(error: NodeJS.ErrnoException) => error.code ?? error.message,
	);

/** How a call ends within `waitMs`, or `waits`. */
export const codeWithin = async (work: Promise<string>, waitMs: number): Promise<string> =>
	await Promise.race([work, new Promise<string>((resolve) => setTimeout(() => resolve("waits"), waitMs).unref())]);

/** Opens a file of the mount by a client on that CPU. */
export const openFile = async (server: BareServer, name = "file", cpu = 0): Promise<{ client: Client; fd: number }> => {
	const client = await server.client(cpu);
	return { client, fd: await server.serve(client.open(`${server.mount}/${name}`, DIRECT)) };
};

/** A direct READ of a file by a client on that CPU, which is with the server; `ended` is how the read(2) ends. */
export const holdRead = async (server: BareServer, name = "file", cpu = 0) => {
	const { client, fd } = await openFile(server, name, cpu);
	const reading = client.read(fd, READ_BYTES, 0);
	const ended = codeOf(reading);
	const request = await server.held(OP.read);
	return { client, fd, request, ended, reading };
};

/** REGISTER as the mode has it is parked on a mount; with `wrong` it is answered EINVAL there. */
export const refusesRegister = async (
	t: Test,
	lab: Lab,
	wrong: (server: BareServer) => Registration,
	what: string,
	mode: Mode = lab.mode,
	options: BareOptions = {},
): Promise<void> => {
	await using server = await BareServer.start(lab, options);
	const queue = await makeQueue(server, await ringFor(server, mode), 0, mode, 1);
	t.equal((await register(server, queue)).result, null, "a right REGISTER is parked");
	t.equal((await register(server, queue, wrong(server))).result, -ERRNO.EINVAL, `REGISTER ${what} is answered EINVAL`);
};
