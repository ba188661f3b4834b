/** The stores that lie behind the server, made on first use and emptied between cells. */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import type { Store } from "../../orchestrator/domain/cell.ts";
import { runBounded } from "./spawn.ts";

const ready = new Set<Store>();
const NVME = "/dev/nvme0n1";

const must = async (command: string, args: readonly string[]): Promise<void> => {
	const ended = await runBounded(command, args, 120_000);
	if (ended.exitCode !== 0)
		throw new Error(`${command} ${args.join(" ")}: ${ended.stderr.trim() || ended.signal || ended.exitCode}`);
};

/** Mounts the store and gives back the folder that the server serves. */
export const prepareStore = async (store: Store): Promise<string> => {
	const folder = `/run/fuselab/store-${store}`;
	if (!ready.has(store)) {
		mkdirSync(folder, { recursive: true });
		switch (store) {
			case "tmpfs":
				await must("mount", ["-t", "tmpfs", "-o", "size=75%", "tmpfs", folder]);
				break;
			case "nvme-ext4":
				if (!existsSync(NVME)) throw new Error(`${NVME} does not exist: the machine has no NVMe disk`);
				await must("mkfs.ext4", ["-q", "-F", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", NVME]);
				await must("mount", ["-t", "ext4", NVME, folder]);
				break;
			case "memory":
			case "null":
				// Nothing lies behind the server; it gets an empty folder for its start order.
				break;
			default: {
				const never: never = store;
				throw new Error(`unknown store ${String(never)}`);
			}
		}
		ready.add(store);
	}
	for (const name of readdirSync(folder))
		if (name !== "lost+found") rmSync(`${folder}/${name}`, { recursive: true, force: true });
	return folder;
};
