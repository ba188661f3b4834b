/** `npm test`: style, unit tests, then the tests that boot guests; closes with one line of counts. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import PQueue from "p-queue";
import { folders } from "../orchestrator/host/folders.ts";
import { interrupt } from "../orchestrator/host/interrupt.ts";
import { readTap } from "../orchestrator/tap/read-tap.ts";

interface Count {
	passed: number;
	failed: number;
	skipped: number;
}

const UNIT_SECONDS = 120;
/** A fresh machine builds its kernels in this time. */
const GUEST_SECONDS = 80 * 60;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const testFilesIn = (folder: string): readonly string[] =>
	readdirSync(path.join(folders.clone(), "dist", folder), { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".test.js"))
		.map((file) => path.join(folders.clone(), "dist", folder, file))
		.toSorted();

/** Runs one test file by itself and counts its points; a file that tests nothing or dies has failed. */
const runFile = async (file: string, seconds: number, count: Count): Promise<void> => {
	const name = path.relative(path.join(folders.clone(), "dist"), file);
	const started = performance.now();
	const result = await execa(process.execPath, ["--enable-source-maps", file], {
		reject: false,
		timeout: seconds * 1000,
		cancelSignal: interrupt.signal,
		env: { TAP_TIMEOUT: "0" },
		stderr: ["pipe"],
		maxBuffer: 64 * 1024 * 1024,
	});
	const tap = readTap(result.stdout.split("\n"));
	const skipped = tap.points.filter(({ directive }) => directive === "skip");
	const bad = tap.points.filter(({ ok, directive }) => !ok && directive !== "skip" && directive !== "todo");
	count.skipped += skipped.length;
	count.failed += bad.length;
	count.passed += tap.points.length - skipped.length - bad.length;
	const short = tap.planned === undefined || tap.planned !== tap.points.length;
	const ended = result.exitCode === 0 || bad.length > 0;
	const empty = tap.points.length === 0 && tap.skippedAll === undefined;
	if (tap.skippedAll !== undefined) count.skipped += 1;
	if ((short && tap.skippedAll === undefined) || !ended || empty) count.failed += 1;
	const state = bad.length > 0 || short || !ended || empty ? "FAIL" : "ok";
	say(
		`${state.padEnd(4)} ${name}: ${tap.points.length} points, ${((performance.now() - started) / 1000).toFixed(1)} s`,
	);
	for (const point of skipped)
		say(`     skipped: ${point.name}${point.reason === undefined ? "" : ` (${point.reason})`}`);
	if (tap.skippedAll !== undefined) say(`     skipped: ${tap.skippedAll}`);
	for (const point of bad) {
		say(`     not ok: ${point.name}`);
		for (const line of point.diagnostics.slice(0, 30)) say(`         ${line}`);
	}
	if (state === "FAIL" && bad.length === 0)
		say(
			`     ${tap.points.length} of ${tap.planned ?? "?"} points, exit ${result.exitCode ?? result.signal ?? "timeout"}\n${result.stderr.split("\n").slice(-20).join("\n")}`,
		);
};

const checkStyle = async (count: Count): Promise<void> => {
	const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
	const result = await execa(process.execPath, [biome, "check", "--error-on-warnings", "."], {
		cwd: folders.clone(),
		reject: false,
		all: true,
		cancelSignal: interrupt.signal,
	});
	if (result.exitCode === 0) count.passed += 1;
	else count.failed += 1;
	say(`${result.exitCode === 0 ? "ok  " : "FAIL"} biome check`);
	if (result.exitCode !== 0) say(result.all);
};

/** Runs everything, or only the unit tests (`unit`) or the guest tests (`guest`); gives the exit status. */
export const selfTest = async (words: readonly string[]): Promise<number> => {
	const count: Count = { passed: 0, failed: 0, skipped: 0 };
	const wants = (part: string): boolean => words.length === 0 || words.includes(part);
	if (wants("unit")) {
		await checkStyle(count);
		const queue = new PQueue({ concurrency: os.availableParallelism() });
		for (const file of ["orchestrator", "kernels", "guest", "testcases"].flatMap(testFilesIn))
			void queue.add(async () => await runFile(file, UNIT_SECONDS, count));
		await queue.onIdle();
	}
	if (wants("guest")) for (const file of testFilesIn("tests")) await runFile(file, GUEST_SECONDS, count);
	say(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ""}`);
	return count.failed === 0 && count.passed > 0 ? 0 : 1;
};
