/** The stores that lie behind the server, made on first use and emptied between cells. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import type { Store } from "../../orchestrator/domain/cell.ts";
import { runBounded } from "./spawn.ts";

const ready = new Set<Store>();
/** Share of the guest's memory that the loop device offers; its file is sparse. */
const LOOP_SHARE = 0.4;
/** By it a disk is known that was ours before (orchestrator/machine/host-disk.ts). */
const LABEL = "fuselab";
const MKFS_EXT4 = ["-q", "-F", "-L", LABEL, "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard"];
const MKFS_XFS = ["-q", "-f", "-K", "-L", LABEL];

const must = async (command: string, args: readonly string[], timeoutMs: number): Promise<string> => {
	const ended = await runBounded(command, args, timeoutMs);
	if (ended.exitCode !== 0)
		throw new Error(
			`${command} ${args.join(" ")}: ${ended.timedOut ? `not done after ${timeoutMs / 1000} s` : ended.stderr.trim() || ended.signal || ended.exitCode}`,
		);
	return ended.stdout;
};

/** ext4 on a loop device on a tmpfs file; what lands in it is not cached twice. */
const mountLoop = async (folder: string, timeoutMs: number): Promise<void> => {
	const below = `${folder}-file`;
	mkdirSync(below);
	await must("mount", ["-t", "tmpfs", "-o", "size=75%", "tmpfs", below], timeoutMs);
	const image = `${below}/image`;
	writeFileSync(image, "");
	truncateSync(image, Math.floor((os.totalmem() * LOOP_SHARE) / 2 ** 20) * 2 ** 20);
	const device = (await must("losetup", ["--find", "--show", "--direct-io=on", image], timeoutMs)).trim();
	await must("mkfs.ext4", [...MKFS_EXT4, device], timeoutMs);
	await must("mount", ["-t", "ext4", device, folder], timeoutMs);
	// The device is in use, so it goes when that ends: even with the mount namespace, where the kernel is the host's.
	await must("losetup", ["--detach", device], timeoutMs);
};

/** The virtio disk that is for a store; a guest may have others, for its root. */
const virtioDisk = (): string => {
	const isStores = (name: string): boolean =>
		name.startsWith("vd") && readFileSync(`/sys/block/${name}/serial`, "utf8").trim() === "fuselab-store";
	return `/dev/${readdirSync("/sys/block").find(isStores) ?? "vd-of-a-store"}`;
};

const deviceOf = (store: Store): string => {
	if (store.startsWith("nvme-")) return "/dev/nvme0n1";
	return store === "nullblk-ext4" ? "/dev/nullb0" : virtioDisk();
};

const folderOf = (store: Store): string => `/run/fuselab/store-${store}`;

/** Makes the store's file system on its disk; another store may have been there before. */
const mountDisk = async (store: Store, folder: string, timeoutMs: number): Promise<void> => {
	const device = deviceOf(store);
	if (!existsSync(device)) throw new Error(`${device} does not exist: the machine has no disk for ${store}`);
	for (const other of ready)
		if (other.startsWith("nvme-") && store.startsWith("nvme-")) {
			await must("umount", [folderOf(other)], timeoutMs);
			ready.delete(other);
		}
	const type = store.endsWith("-xfs") ? "xfs" : "ext4";
	await must(`mkfs.${type}`, [...(type === "xfs" ? MKFS_XFS : MKFS_EXT4), device], timeoutMs);
	await must("mount", ["-t", type, device, folder], timeoutMs);
};

/** Mounts the store, each step within `timeoutMs`, and gives back the folder that the server serves. */
export const prepareStore = async (store: Store, timeoutMs: number): Promise<string> => {
	const folder = folderOf(store);
	if (!ready.has(store)) {
		mkdirSync(folder, { recursive: true });
		switch (store) {
			case "tmpfs":
				await must("mount", ["-t", "tmpfs", "-o", "size=75%", "tmpfs", folder], timeoutMs);
				break;
			case "nvme-ext4":
			case "nvme-xfs":
			case "virtio-ext4":
			case "nullblk-ext4":
				await mountDisk(store, folder, timeoutMs);
				break;
			case "loop-ext4":
				await mountLoop(folder, timeoutMs);
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
