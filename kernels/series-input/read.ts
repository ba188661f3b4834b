/** Every kind of input to a series. */
import { stat } from "node:fs/promises";
import path from "node:path";
import type { SeriesInput } from "../../orchestrator/domain/kernel.ts";
import { readCommits } from "./commits.ts";
import { mailsOfFolder, mailsOfMaildir, mailsOfMbox, namesIn } from "./files.ts";
import { readMessage } from "./message.ts";
import { readQuilt } from "./quilt.ts";
import type { Series } from "./series.ts";
import { readThread } from "./thread.ts";

/** What a bare path stands for, by what is there; an mbox is what says best that nothing is. */
const kindOf = async (place: string): Promise<"mbox" | "maildir" | "quilt" | "patches"> => {
	const isFolder = await stat(place).then(
		(facts) => facts.isDirectory(),
		() => false,
	);
	if (!isFolder) return "mbox";
	const names = new Set(await namesIn(place));
	if (names.has("cur") && names.has("new")) return "maildir";
	return names.has("series") ? "quilt" : "patches";
};

const READERS = { mbox: mailsOfMbox, maildir: mailsOfMaildir, patches: mailsOfFolder } as const;

/** Reads one series. Throws `series-invalid`; for a message also `tool-missing` or `fetch-failed`. */
export const readInput = async (input: SeriesInput, signal: AbortSignal): Promise<Series> => {
	switch (input.kind) {
		case "path": {
			const kind = await kindOf(input.path);
			return await readInput(
				kind === "quilt" ? { kind, path: input.path } : { kind, path: input.path, version: null },
				signal,
			);
		}
		case "mbox":
		case "maildir":
		case "patches":
			return await readThread(await READERS[input.kind](input.path), path.basename(input.path), input.version);
		case "quilt":
			return await readQuilt(input.path, path.basename(input.path));
		case "git":
			return await readCommits(input.repository, input.range, signal);
		case "message":
			return await readMessage(input.id, input.version, signal);
	}
};
