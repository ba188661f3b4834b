/**
 * What a kernel with modules boots from, in place of a shared folder that it may have no driver for: an initramfs with
 * the modules that the root needs, the root as a disk, and a disk with the lab and all modules.
 */
import { cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { digestOf, explainFull, readIfThere } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { run } from "../orchestrator/host/process.ts";
import type { GuestLab } from "./lab.ts";
import type { GuestRoot } from "./root/root.ts";

export interface GuestDisks {
	/** Absolute paths; the images are only ever read. */
	readonly initrd: string;
	readonly rootImage: string;
	readonly labImage: string;
}

export interface DiskOptions {
	readonly signal: AbortSignal;
	readonly onStage: (text: string) => void;
}

/** Loaded before the root is there, with all that they need; what a kernel has built in is left out. */
const EARLY_MODULES = ["virtio_pci", "virtio_blk", "virtio_console", "nvme", "crc32c_generic", "ext4", "fuse"];
const MAKE_TIMEOUT_MS = 10 * 60 * 1000;

const nameOf = (file: string): string =>
	path
		.basename(file)
		.replace(/\.ko(?:\.\w+)?$/, "")
		.replaceAll("-", "_");

/** Module files in the order to load them, from `modules.dep`, whose lines name the last dependency first; pure. */
export const loadOrder = (modulesDep: string, wanted: readonly string[]): readonly string[] => {
	const lines = modulesDep.split("\n").map((line) => line.split(/:? +|:$/).filter(Boolean));
	const order = wanted.flatMap((name) => {
		const [file, ...needs] = lines.find(([first]) => first !== undefined && nameOf(first) === name) ?? [];
		return file === undefined ? [] : [...needs.reverse(), file];
	});
	return [...new Set(order)];
};

const UNPACKERS: Readonly<Record<string, string>> = { ".xz": "xz", ".gz": "gzip", ".zst": "zstd" };

/** Makes the initramfs in `folder`; modules are unpacked, as not every kernel can do that itself. */
const makeInitrd = async (folder: string, modules: string, release: string, signal: AbortSignal): Promise<string> => {
	const tree = await ensureFolder(path.join(folder, "initramfs"));
	const source = path.join(folders.clone(), "guest/init/initramfs.c");
	await run("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", path.join(tree, "init"), source], {
		signal,
	});
	const dep = (await readIfThere(path.join(modules, release, "modules.dep"))) ?? "";
	const list: string[] = [];
	await mkdir(path.join(tree, "modules"));
	for (const file of loadOrder(dep, EARLY_MODULES)) {
		const target = path.join(tree, "modules", path.basename(file));
		await cp(path.join(modules, release, file), target);
		const unpacker = UNPACKERS[path.extname(file)];
		if (unpacker !== undefined) await run(unpacker, ["-d", "-q", target], { signal });
		list.push(path.basename(file).replace(/\.ko\..*$/, ".ko"));
	}
	await writeFile(path.join(tree, "modules/list"), list.map((file) => `${file}\n`).join(""));
	const names = ["init", "modules", "modules/list", ...list.map((file) => `modules/${file}`)];
	const initrd = path.join(folder, "initrd.cpio");
	await run("cpio", ["--create", "--quiet", "--format=newc", "--owner=+0:+0", "--reproducible", "-F", initrd], {
		signal,
		cwd: tree,
		input: names.map((name) => `${name}\n`).join(""),
	});
	await rm(tree, { recursive: true });
	return initrd;
};

/** An ext4 image of a folder, without a journal as nothing is ever written to it. */
const makeImage = async (folder: string, image: string, signal: AbortSignal): Promise<void> => {
	const { stdout } = await run("du", ["--summarize", "--block-size=1M", folder], {
		signal,
		timeoutMs: MAKE_TIMEOUT_MS,
	});
	// A quarter more than the files take, for what the file system keeps of its own.
	const mebibytes = Math.ceil(Number.parseInt(stdout, 10) * 1.25) + 64;
	await run("mke2fs", ["-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d", folder, image, `${mebibytes}M`], {
		signal,
		timeoutMs: MAKE_TIMEOUT_MS,
		failure: "root-failed",
		hint: `It needs ${mebibytes} MiB below the cache folder, and e2fsprogs.`,
	});
};

/** Makes the entry `name` of the disks' folder once, whoever asks first. */
const once = async (
	name: string,
	{ signal, onStage }: DiskOptions,
	make: (temporary: string) => Promise<void>,
): Promise<string> => {
	const base = await ensureFolder(path.join(folders.cache(), "disks"));
	const entry = path.join(base, name);
	const isThere = async (): Promise<boolean> => (await readIfThere(path.join(entry, "complete"))) !== undefined;
	if (await isThere()) {
		// `gc` goes by the folder's time.
		await utimes(entry, new Date(), new Date());
		return entry;
	}
	await withLock(
		`${entry}.lock`,
		signal,
		() => onStage("waiting for another fuselab to make the guest's disks"),
		async () => {
			if (await isThere()) return;
			const temporary = path.join(base, `.${name}.tmp-${process.pid}`);
			try {
				await mkdir(temporary);
				await make(temporary);
				await writeFile(path.join(temporary, "complete"), "");
				await rm(entry, { recursive: true, force: true });
				await rename(temporary, entry);
			} catch (error) {
				explainFull(error, "the guest's disks");
			} finally {
				await rm(temporary, { recursive: true, force: true });
			}
		},
	);
	return entry;
};

const onlyRelease = async (modules: string): Promise<string> => {
	const [release] = await readdir(modules);
	if (release === undefined)
		throw new LabError({ code: "root-failed", sentence: `${modules} holds no kernel's modules.` });
	return release;
};

/** Makes what a kernel with `modules` boots from, or finds it in the cache; `kernel` is the key of its build. */
export const ensureDisks = async (
	root: GuestRoot,
	lab: GuestLab,
	kernel: { readonly key: string; readonly modules: string },
	options: DiskOptions,
): Promise<GuestDisks> => {
	const { signal, onStage } = options;
	// A libfuse of the user's own is installed beside Debian's, after the root was made.
	const installed = digestOf(...(await readdir(path.join(root.path, "opt"))).sort()).slice(0, 12);
	const rootEntry = await once(`root-${root.key}-${installed}`, options, async (temporary) => {
		onStage("making a disk of the guest root (half a minute, once)");
		await mkdir(path.join(root.path, "usr/lib/modules"), { recursive: true });
		await makeImage(root.path, path.join(temporary, "root.ext4"), signal);
	});
	const recipe = await readFile(path.join(folders.clone(), "guest/init/initramfs.c"));
	const key = digestOf("lab-disk-1", recipe, EARLY_MODULES.join(" "), lab.digest, kernel.key).slice(0, 24);
	const labEntry = await once(`lab-${key}`, options, async (temporary) => {
		const tree = await ensureFolder(path.join(temporary, "tree"));
		await cp(path.join(root.path, lab.guestPath), path.join(tree, path.basename(lab.guestPath)), { recursive: true });
		await cp(kernel.modules, path.join(tree, "modules"), { recursive: true });
		await makeImage(tree, path.join(temporary, "lab.ext4"), signal);
		await rm(tree, { recursive: true });
		await makeInitrd(temporary, kernel.modules, await onlyRelease(kernel.modules), signal);
	});
	return {
		initrd: path.join(labEntry, "initrd.cpio"),
		rootImage: path.join(rootEntry, "root.ext4"),
		labImage: path.join(labEntry, "lab.ext4"),
	};
};
