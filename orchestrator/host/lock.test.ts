import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { isStale, withLock } from "./lock.ts";
import { startTimeOf } from "./start-time.ts";

const never = new AbortController().signal;
const quiet = (): void => undefined;

t.test("lets one in at a time, tells the other whom it waits for, and leaves nothing behind", async (t) => {
	const folder = t.testdir();
	const file = path.join(folder, "x.lock");
	const seen: string[] = [];
	const others: Promise<void>[] = [];
	const other = new AbortController();
	const otherWaits = once(other.signal, "abort").then(() => undefined);
	const enter = async (name: string, isDone: Promise<void>): Promise<void> =>
		await withLock(
			file,
			never,
			({ pid }) => {
				seen.push(`${name} waits for ${pid === process.pid}`);
				other.abort();
			},
			async () => {
				seen.push(`${name} in`);
				if (name === "a") others.push(enter("b", Promise.resolve()));
				await isDone;
				seen.push(`${name} out`);
			},
		);
	await enter("a", otherWaits);
	await Promise.all(others);
	t.strictSame(seen, ["a in", "b waits for true", "a out", "b in", "b out"]);
	t.strictSame(await readdir(folder), []);
});

t.test("takes over the lock of a process that is gone, and a damaged one; many waiters, one at a time", async (t) => {
	const start = startTimeOf(process.pid);
	t.equal(isStale(JSON.stringify({ pid: process.pid, start, token: "t" })), false);
	const stale = [JSON.stringify({ pid: process.pid, start: "1", token: "t" }), "", "{"];
	for (const text of stale) {
		t.equal(isStale(text), true);
		const file = path.join(t.testdir(), "x.lock");
		await writeFile(file, text);
		let inside = 0;
		let most = 0;
		const body = async (): Promise<void> => {
			inside += 1;
			most = Math.max(most, inside);
			await sleep(5);
			inside -= 1;
		};
		await Promise.all(Array.from({ length: 5 }, () => withLock(file, never, quiet, body)));
		t.equal(most, 1);
	}
});

t.test("stops waiting when it is told to, or when it took too long", async (t) => {
	const file = path.join(t.testdir(), "x.lock");
	await withLock(file, never, quiet, async () => {
		const reason = new Error("stop");
		const controller = new AbortController();
		const waiting = withLock(
			file,
			controller.signal,
			() => controller.abort(reason),
			async () => undefined,
		);
		await t.rejects(waiting, reason);
		await t.rejects(
			withLock(file, never, quiet, async () => undefined, 10),
			{ code: "busy" },
		);
		t.match(await readFile(file, "utf8"), String(process.pid), "the holder's lock is still there");
	});
});

t.test("gives the lock back when the body fails", async (t) => {
	const folder = t.testdir();
	const failing = withLock(path.join(folder, "x.lock"), never, quiet, async () => {
		throw new Error("no");
	});
	await t.rejects(failing, { message: "no" });
	t.strictSame(await readdir(folder), []);
});
