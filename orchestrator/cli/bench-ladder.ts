/** `fuselab bench ladder`: what a ladder costs, in clean builds. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type BuildableWish, buildApart, readSource } from "../../kernels/build.ts";
import type { KernelEntry } from "../../kernels/cache.ts";
import { rungsOf } from "../../kernels/rungs.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { childSeconds } from "../host/child-seconds.ts";
import { interrupt } from "../host/interrupt.ts";
import { readBareConfig } from "./run.ts";
import { openView, type View } from "./stage.ts";

/** What a ladder may cost; ten clean builds cost ten. */
const LIMIT = 2;
const PATCHES = 10;
/** Every patch touches the header, so that each rung compiles all of fs/fuse again, and one of these files. */
const HEADER = "include/uapi/linux/fuse.h";
const FILES = ["dev", "file", "inode", "dir", "readdir", "xattr"].map((name) => `fs/fuse/${name}.c`);
const CONTEXT = 3;

/** A diff that adds lines at the end of a text. */
export const appendDiff = (file: string, text: string, added: readonly string[]): string => {
	const lines = text.trimEnd().split("\n");
	const context = lines.slice(-CONTEXT);
	const at = lines.length - context.length + 1;
	const head = `--- a/${file}\n+++ b/${file}\n@@ -${at},${context.length} +${at},${context.length + added.length} @@\n`;
	return `${head}${[...context.map((line) => ` ${line}`), ...added.map((line) => `+${line}`)].join("\n")}\n`;
};

/** A series of patches, each to the header and to a file of fs/fuse, as an mbox. */
export const seriesFor = (texts: ReadonlyMap<string, string>): string => {
	const now = new Map(texts);
	const append = (file: string, added: readonly string[]): string => {
		const text = now.get(file) ?? "";
		now.set(file, `${text.trimEnd()}\n${added.join("\n")}\n`);
		return appendDiff(file, text, added);
	};
	return Array.from({ length: PATCHES }, (_, index) => {
		const number = index + 1;
		const file = FILES[index % FILES.length] ?? "";
		const name = `fuselab_bench_${number}`;
		const constant = `const unsigned int ${name}`;
		return [
			"From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001",
			"From: fuselab maintainers <fuselab@example.org>",
			`Subject: [PATCH ${number}/${PATCHES}] fuse: a constant for measuring builds, ${number}`,
			"",
			"---",
			append(HEADER, [`#define ${name.toUpperCase()} ${number}`]) +
				append(file, [`extern ${constant};`, `${constant} = ${name.toUpperCase()};`]),
		].join("\n");
	}).join("");
};

interface Cost {
	readonly seconds: number;
	/** Of all processes, so that a host that is busy with other things does not spoil the ratio. */
	readonly cpuSeconds: number;
	readonly builds: readonly KernelEntry[];
}

const costOf = async (wishes: readonly BuildableWish[], view: View): Promise<Cost> => {
	const [started, cpuStarted] = [performance.now(), await childSeconds()];
	const builds = await buildApart(wishes, { architecture: "x86_64", signal: interrupt.signal, onStage: view.stage });
	return { seconds: (performance.now() - started) / 1000, cpuSeconds: (await childSeconds()) - cpuStarted, builds };
};

const show = (what: string, { seconds, cpuSeconds }: Cost): string =>
	`${what.padEnd(44)} ${seconds.toFixed(0).padStart(5)} s  ${cpuSeconds.toFixed(0).padStart(6)} s of CPU time\n`;

/** Builds the ladder in one fresh tree and its top in another; both without the compiler cache. */
export const benchLadder = async (file: string, json: boolean): Promise<number> => {
	const config = await readBareConfig(file, undefined);
	const [wish] = config.kernels;
	if (wish === undefined || wish.source.kind === "debian-image")
		throw new LabError({ code: "config-invalid", sentence: `${file} names no kernel that is built.` });
	const { source, prefixes: _, ...rest } = wish;
	const view = openView();
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-bench-"));
	try {
		const mbox = path.join(folder, "bench.mbox");
		const options = { signal: interrupt.signal, onStage: view.stage };
		await writeFile(mbox, seriesFor(await readSource(source, [HEADER, ...FILES], options)));
		const bare = { ...rest, name: "bench", source, series: [{ kind: "path" as const, path: mbox }] };
		const subjects = Array.from({ length: PATCHES }, () => ({ subject: "" }));
		const rungs = rungsOf(bare, "all", subjects).map((rung) => ({ ...rung, source }));
		const ladder = await costOf(rungs, view);
		const clean = await costOf(rungs.slice(-1), view);
		view.close();
		const ratios = { wall: ladder.seconds / clean.seconds, cpu: ladder.cpuSeconds / clean.cpuSeconds };
		const same = ladder.builds.at(-1)?.imageSha256 === clean.builds[0]?.imageSha256;
		process.stdout.write(
			json
				? `${JSON.stringify({ version: 1, ladder, clean, ratios, same }, null, "\t")}\n`
				: show("one clean build, all patches", clean) +
						show(`the ladder, ${rungs.length} kernels`, ladder) +
						`ladder / clean build: ${ratios.wall.toFixed(2)} by the clock, ${ratios.cpu.toFixed(2)} by CPU time; at most ${LIMIT} is wanted\n` +
						`seconds of each rung: ${ladder.builds.map(({ buildSeconds }) => buildSeconds.toFixed(0)).join(" ")}\n` +
						`image of the last rung: ${same ? "the same as" : "NOT the same as"} that of the clean build\n`,
		);
		return ratios.cpu <= LIMIT && same ? EXIT.hoped : EXIT.subjectFailed;
	} finally {
		view.close();
		await rm(folder, { recursive: true, force: true });
	}
};
