import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const xdg = (variable: string, fallback: string): string => {
	const value = process.env[variable];
	// The XDG specification: a relative path is invalid and must be ignored.
	return value !== undefined && path.isAbsolute(value) ? value : path.join(homedir(), fallback);
};

/** Where everything that is not an apt package lives; nothing is written into the clone but dist/ and node_modules/. */
export const folders = {
	/** Can be made again: sources, kernels, guest roots. */
	cache: () => path.join(xdg("XDG_CACHE_HOME", ".cache"), "fuselab"),
	/** Results and ledgers. */
	state: () => path.join(xdg("XDG_STATE_HOME", ".local/state"), "fuselab"),
	runs: () => path.join(folders.state(), "runs"),
	/** The clone; this file runs as dist/orchestrator/host/folders.js. */
	clone: () => path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../.."),
} as const;

/** Makes a folder (and its parents) and gives its path back. */
export const ensureFolder = async (folder: string): Promise<string> => {
	await mkdir(folder, { recursive: true });
	return folder;
};
