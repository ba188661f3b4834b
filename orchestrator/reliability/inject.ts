/** Injects one fault and looks at what came of it. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRun } from "../archive/read.ts";
import type { Fault, FaultOutcome } from "./fault.ts";
import { ledgerOf, leftovers, type Watched } from "./leftovers.ts";
import { type Running, Site } from "./site.ts";

/** A process that was told to end is given this long, as a person would. */
const GRACE_MS = 5_000;

const leftAfterGrace = async (watched: Watched): Promise<readonly string[]> => {
	const end = performance.now() + GRACE_MS;
	while (leftovers(watched).length > 0 && performance.now() < end) await sleep(100);
	return leftovers(watched);
};

/** The verdict of the cell, else what was said last. */
const sentenceOf = ({ stdout, stderr }: Running): string => {
	try {
		const { cells } = JSON.parse(stdout) as {
			cells: { verdict: { outcome: string; because: string; detail: string } }[];
		};
		const verdicts = cells.map(({ verdict }) => `${verdict.outcome}, ${verdict.because}: ${verdict.detail}`);
		if (verdicts.length > 0) return verdicts.join("; ");
	} catch {
		// It did not come to its report.
	}
	const lines = stderr.split("\n").filter((line) => line.trim() !== "");
	return lines.findLast((line) => line.startsWith("fuselab: ")) ?? lines.at(-1) ?? "nothing";
};

/** What a later `fuselab report` finds. */
const keptOf = async (state: string): Promise<string> => {
	const runs = path.join(state, "runs");
	const kept: string[] = [];
	try {
		for (const id of readdirSync(runs)) {
			const { run, cells, unreadable } = await readRun(path.join(runs, id));
			const boots = readdirSync(path.join(runs, id), { recursive: true, encoding: "utf8" });
			const consoles = boots.filter((name) => name.endsWith("/console.log")).length;
			const finished = run.finishedAt === null ? "unfinished" : run.interrupted ? "interrupted" : "finished";
			const bad = unreadable.length > 0 ? `, ${unreadable.length} unreadable` : "";
			kept.push(`run (${finished}), ${cells.length} of ${run.planned.length} cells, ${consoles} consoles${bad}`);
		}
	} catch (error) {
		kept.push(error instanceof Error && !("code" in error && error.code === "ENOENT") ? error.message : "no run");
	}
	return kept.join("; ");
};

/** Injects one fault in a place of its own. Throws when it could not be injected. */
export const injectFault = async (fault: Fault): Promise<FaultOutcome> => {
	await using site = await Site.open(fault.config);
	const started = performance.now();
	try {
		const running = await fault.inject(site);
		const status = await running.end();
		const seconds = (performance.now() - started) / 1000;
		const atOnce = await leftAfterGrace(site.watched);
		const sweep = site.start(["sweep"]);
		await sweep.end();
		const swept = sweep.stdout.split("\n").filter((line) => line !== "" && line !== "nothing was left behind");
		const left = [...atOnce, ...ledgerOf(site.watched).map((name) => `ledger/${name}`)];
		const kept = await keptOf(site.watched.state);
		const reported = sentenceOf(running).replaceAll(site.watched.folder, "FOLDER");
		return { what: fault.what, reported, status, kept, left, swept, seconds };
	} finally {
		await fault.undo?.(site);
	}
};
