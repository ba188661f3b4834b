import { randomUUID } from "node:crypto";
import { readFileSync, unlinkSync } from "node:fs";
import { link, rename, rm, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LabError } from "../domain/lab-error.ts";
import { explainFull, isMissing, readIfThere } from "./files.ts";
import { ensureFolder } from "./folders.ts";
import { onLastResort } from "./interrupt.ts";
import { startTimeOf } from "./start-time.ts";

const POLL_MS = 200;
const LONGEST_WAIT_MS = 2 * 60 * 60 * 1000;

/** Who holds a lock. */
export interface LockOwner {
	readonly pid: number;
	/** Start time in clock ticks; with the pid it names a process for good. */
	readonly start: string;
	/** Differs for each taking, so that a holder removes its own lock only. */
	readonly token: string;
}

const ownerShape = z.object({ pid: z.number().int().positive(), start: z.string(), token: z.string() });

/** The owner a lock file names, or undefined when the text is none (a lock is never written in parts, so it is damaged). */
export const readOwner = (text: string): LockOwner | undefined => {
	try {
		return ownerShape.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
};

/** True when the process that took the lock is gone. */
export const isStale = (text: string): boolean => {
	const owner = readOwner(text);
	return owner === undefined || startTimeOf(owner.pid) !== owner.start;
};

const isTaken = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "EEXIST";

/** `link` either makes the whole lock or fails, so nobody ever reads a lock without its owner. */
const tryTake = async (file: string, content: string, token: string): Promise<boolean> => {
	const temporary = `${file}.${token}`;
	try {
		await writeFile(temporary, content);
		await link(temporary, file);
		return true;
	} catch (error) {
		if (isTaken(error)) return false;
		return explainFull(error, file);
	} finally {
		await rm(temporary, { force: true });
	}
};

/**
 * Renaming lets one waiter only take a stale lock away. Should another have replaced it since it was read, what came
 * along is that one's live lock: it is put back.
 */
const takeAway = async (file: string, staleText: string, token: string): Promise<void> => {
	const aside = `${file}.${token}.stale`;
	try {
		await rename(file, aside);
		if ((await readIfThere(aside)) !== staleText) await link(aside, file);
	} catch (error) {
		if (!isMissing(error) && !isTaken(error)) throw error;
	} finally {
		await rm(aside, { force: true });
	}
};

const take = async (
	file: string,
	content: string,
	token: string,
	options: { readonly signal: AbortSignal; readonly onWait: (owner: LockOwner) => void; readonly waitMs: number },
): Promise<void> => {
	const deadline = performance.now() + options.waitMs;
	let told = false;
	while (!(await tryTake(file, content, token))) {
		options.signal.throwIfAborted();
		const text = await readIfThere(file);
		if (text === undefined) continue;
		if (isStale(text)) {
			await takeAway(file, text, token);
			continue;
		}
		const owner = readOwner(text);
		if (owner !== undefined && !told) options.onWait(owner);
		told = true;
		if (performance.now() > deadline)
			throw new LabError({
				code: "busy",
				sentence: `Process ${owner?.pid} has held ${path.basename(file)} for more than ${options.waitMs / 1000} s.`,
				hint: "Wait for that fuselab to end, or end it, and start again.",
			});
		await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
	}
};

/**
 * Runs the body while holding a lock that other fuselab processes (and other tasks of this one) respect.
 * A lock whose process is gone is taken over. `onWait` is called once, when there is somebody to wait for.
 */
export const withLock = async <T>(
	file: string,
	signal: AbortSignal,
	onWait: (owner: LockOwner) => void,
	body: () => Promise<T>,
	waitMs = LONGEST_WAIT_MS,
): Promise<T> => {
	signal.throwIfAborted();
	await ensureFolder(path.dirname(file));
	const token = randomUUID();
	const content = JSON.stringify({ pid: process.pid, start: startTimeOf(process.pid) ?? "", token });
	await take(file, content, token, { signal, onWait, waitMs });
	const forget = onLastResort(() => {
		if (readFileSync(file, "utf8") === content) unlinkSync(file);
	});
	try {
		return await body();
	} finally {
		forget();
		if ((await readIfThere(file)) === content) await unlink(file);
	}
};
