import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { listKernels, removeKernel } from "../../kernels/cache.ts";
import { listTrees, removeTree } from "../../kernels/work-tree.ts";
import { folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { run } from "../host/process.ts";

const GiB = 1024 ** 3;

const bytesBelow = async (folder: string): Promise<number> => {
	const { stdout } = await run("du", ["-sb", folder], { signal: interrupt.signal, okStatus: [0, 1] });
	return Number(stdout.split("\t")[0] ?? 0);
};

interface Entry {
	readonly what: string;
	readonly bytes: number;
	readonly usedMs: number;
	/** False: it is in use, and stays. */
	readonly remove: () => Promise<boolean>;
}

const foldersIn = async (name: string): Promise<readonly Entry[]> => {
	const base = path.join(folders.cache(), name);
	const names = (await readdir(base, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory());
	return await Promise.all(
		names.map(async (entry) => {
			const folder = path.join(base, entry.name);
			return {
				what: `${name}/${entry.name}`,
				bytes: await bytesBelow(folder),
				usedMs: (await stat(folder)).mtimeMs,
				remove: async () => {
					await rm(folder, { recursive: true, force: true });
					return true;
				},
			};
		}),
	);
};

/** Removes cache entries, oldest use first, until at most `keepGiB` stays. A work tree that is in use stays. */
export const gc = async (keepGiB: number): Promise<void> => {
	const kernels = await Promise.all(
		(await listKernels()).map(async ({ key, name, image, usedMs }) => ({
			what: `kernel ${key.slice(0, 12)} (${name})`,
			bytes: await bytesBelow(path.dirname(image)),
			usedMs,
			remove: async () => {
				await removeKernel(key);
				return true;
			},
		})),
	);
	const trees = await Promise.all(
		(await listTrees()).map(async ({ folder, usedMs }) => ({
			what: `work tree ${path.basename(folder)}`,
			bytes: await bytesBelow(folder),
			usedMs,
			remove: async () => await removeTree(folder, interrupt.signal),
		})),
	);
	const entries: readonly Entry[] = [
		...kernels,
		...(await Promise.all(["roots", "disks", "images", "git", "sources", "debs", "failures"].map(foldersIn))).flat(),
		...trees,
	];
	let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
	for (const entry of entries.toSorted((a, b) => a.usedMs - b.usedMs)) {
		if (total <= keepGiB * GiB) break;
		if (!(await entry.remove())) continue;
		total -= entry.bytes;
		process.stdout.write(`removed ${entry.what}: ${(entry.bytes / GiB).toFixed(2)} GiB\n`);
	}
	process.stdout.write(`${(total / GiB).toFixed(2)} GiB in the cache, ${keepGiB} GiB allowed\n`);
};
