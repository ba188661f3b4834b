/** `fuselab bench reliability`: injects every fault and writes docs/reliability.md. */
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import PQueue from "p-queue";
import { EXIT } from "../domain/lab-error.ts";
import { matchesPattern } from "../domain/pattern.ts";
import { readIfThere } from "../host/files.ts";
import { folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import type { FaultOutcome } from "../reliability/fault.ts";
import { FAULTS } from "../reliability/faults.ts";
import { injectFault } from "../reliability/inject.ts";
import { reliabilityPage } from "../report/reliability.ts";

/** Explanations are written by hand and stay below this line of the page. */
const BY_HAND = "## What the table does not show";

const isClean = ({ left }: FaultOutcome): boolean => left.length === 0;

/** Most faults wait for something, so several are under way at once. Gives 1 when one left something. */
export const benchReliability = async (only: string | undefined, atOnce: number): Promise<number> => {
	const faults = FAULTS.filter(({ what }) => only === undefined || matchesPattern(only, what));
	const outcomes = new Map<string, FaultOutcome>();
	const failed: string[] = [];
	const queue = new PQueue({ concurrency: atOnce });
	const one = async (fault: (typeof FAULTS)[number]): Promise<void> => {
		if (interrupt.signal.aborted) return;
		try {
			const outcome = await injectFault(fault);
			outcomes.set(fault.what, outcome);
			const left = isClean(outcome) ? "nothing left" : `LEFT ${outcome.left.join(", ")}`;
			process.stdout.write(
				`${outcome.what}: exit ${outcome.status}, ${outcome.reported.slice(0, 160)}; ${outcome.kept}; ${left}\n`,
			);
		} catch (error) {
			failed.push(`${fault.what}: could not be injected: ${error instanceof Error ? error.message : String(error)}`);
		}
	};
	await Promise.all(faults.map(async (fault) => await queue.add(async () => await one(fault))));
	for (const line of failed) process.stdout.write(`${line}\n`);
	interrupt.signal.throwIfAborted();
	const rows = faults.flatMap(({ what }) => outcomes.get(what) ?? []);
	if (only === undefined && failed.length === 0) {
		const page = path.join(folders.clone(), "docs/reliability.md");
		const old = (await readIfThere(page)) ?? "";
		const kept = old.includes(BY_HAND) ? `\n${old.slice(old.indexOf(BY_HAND))}` : "";
		const host = `Linux ${os.release()}, ${os.availableParallelism()} CPUs`;
		await writeFile(page, `${reliabilityPage(rows, { host })}${kept}`);
		process.stdout.write(`${page}\n`);
	}
	return failed.length === 0 && rows.every(isClean) ? EXIT.hoped : EXIT.subjectFailed;
};
