/** Kernels out of a bundle into the cache. A bundle may come from anywhere: nothing in it is believed unchecked. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { list, type ReadEntry } from "tar";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { explainFull } from "../../orchestrator/host/files.ts";
import { ensureFolder } from "../../orchestrator/host/folders.ts";
import { run } from "../../orchestrator/host/process.ts";
import { entryFolder, findKernel, type KernelEntry, keepKernel, kernelsFolder } from "../cache.ts";
import {
	type BundledKernel,
	KERNEL_FILES,
	LIMITS,
	MANIFEST,
	type Manifest,
	manifestShape,
	refused,
	whyNotPath,
} from "./format.ts";

const UNPACK_TIMEOUT_MS = 30 * 60 * 1000;

/** What became of one kernel of a bundle. */
export interface ImportedKernel {
	readonly facts: KernelEntry;
	readonly state: "taken" | "was here";
}

/** Every entry in turn; after the first fault the rest is read past. */
const readEntries = async (archive: string, take: (entry: ReadEntry) => Promise<void>): Promise<void> => {
	let work = Promise.resolve();
	let fault: { readonly error: unknown } | undefined;
	const onReadEntry = (entry: ReadEntry): void => {
		work = work.then(async () => {
			try {
				if (fault === undefined) await take(entry);
			} catch (error) {
				fault = { error };
			}
			entry.resume();
		});
	};
	try {
		await list({ file: archive, strict: true, noResume: true, onReadEntry });
	} catch (error) {
		fault ??= { error };
	}
	await work;
	if (fault !== undefined) throw fault.error;
};

/** zstd may make a gigabyte of a kilobyte: the kernel stops it at the limit. */
const unpack = async (file: string, archive: string, most: number, signal: AbortSignal): Promise<void> => {
	const limit = ["prlimit", `--fsize=${most}`];
	const [command = "", ...args] = [...limit, "zstd", "-d", "-q", "-f", "--memory=128MiB", "-o", archive, "--", file];
	try {
		await run(command, args, { signal, timeoutMs: UNPACK_TIMEOUT_MS });
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof LabError)) throw error;
		const said = error.evidence.join(" ");
		if (/File too large|SIGXFSZ/.test(`${said} ${error.message}`))
			throw refused(file, `it unpacks to more than ${most} bytes`, error);
		if (/No space left/.test(said)) explainFull(Object.assign(new Error(said), { code: "ENOSPC" }), archive);
		throw refused(file, "zstd cannot unpack it", error);
	}
};

/** A tar archive says so in its first header; another format inside would be unpacked once more, past the limit. */
const requireTar = async (file: string, archive: string): Promise<void> => {
	const handle = await open(archive);
	try {
		const { buffer } = await handle.read(Buffer.alloc(5), 0, 5, 257);
		if (buffer.toString("latin1") !== "ustar") throw refused(file, "it holds no tar archive");
	} finally {
		await handle.close();
	}
};

const readManifest = async (file: string, entry: ReadEntry): Promise<Manifest> => {
	if (entry.size > LIMITS.manifestBytes) throw refused(file, `${MANIFEST} is too large`);
	let json: unknown;
	try {
		json = JSON.parse((await entry.concat()).toString());
	} catch (error) {
		throw refused(file, `${MANIFEST} is not JSON`, error);
	}
	const parsed = manifestShape.safeParse(json);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw refused(file, `${MANIFEST} is of another kind (${issue?.path.join(".")}: ${issue?.message})`);
	}
	return parsed.data;
};

type Listed = BundledKernel["files"][number];

/** The files that the manifest promises, by their names in the archive. */
const listedIn = (file: string, { kernels }: Manifest): Map<string, Listed> => {
	const listed = new Map<string, Listed>();
	for (const { facts, files } of kernels) {
		for (const one of files) {
			const name = `${facts.key}/${one.path}`;
			const why = listed.has(name) ? "it is listed twice" : whyNotPath(one.path);
			if (why !== undefined) throw refused(file, `${JSON.stringify(one.path)}: ${why}`);
			if (!one.path.startsWith("modules/") && !KERNEL_FILES.some((known) => known === one.path))
				throw refused(file, `${one.path} is no part of a kernel`);
			listed.set(name, one);
		}
		for (const needed of KERNEL_FILES)
			if (!listed.has(`${facts.key}/${needed}`))
				throw refused(file, `kernel ${facts.name} comes without its ${needed}`);
		if (listed.get(`${facts.key}/image`)?.sha256 !== facts.imageSha256)
			throw refused(file, `kernel ${facts.name} names two digests for its image`);
	}
	return listed;
};

const writeChecked = async (file: string, entry: ReadEntry, listed: Listed, target: string): Promise<void> => {
	if (entry.size !== listed.bytes)
		throw refused(file, `${entry.path} has ${entry.size} bytes where ${listed.bytes} are listed`);
	const hash = createHash("sha256");
	const hashing = new Transform({
		transform: (chunk: Buffer, _encoding, done) => {
			hash.update(chunk);
			done(null, chunk);
		},
	});
	await ensureFolder(path.dirname(target));
	await pipeline(entry, hashing, createWriteStream(target, { flags: "wx" }));
	if (hash.digest("hex") !== listed.sha256)
		throw refused(file, `${entry.path} does not have the digest that is listed`);
};

/** Unpacks into `stage`, which the caller throws away; throws at the first thing that is not as it must be. */
const unpackChecked = async (file: string, archive: string, stage: string): Promise<Manifest> => {
	let manifest: Manifest | undefined;
	let listed = new Map<string, Listed>();
	const seen = new Set<string>();
	await readEntries(archive, async (entry) => {
		const name = JSON.stringify(entry.path);
		if (entry.type !== "File" && entry.type !== "OldFile")
			throw refused(file, `${name} is no plain file (${entry.type})`);
		const why = whyNotPath(entry.path) ?? (seen.has(entry.path) ? "it is there twice" : undefined);
		if (why !== undefined) throw refused(file, `${name}: ${why}`);
		seen.add(entry.path);
		if (manifest === undefined) {
			if (entry.path !== MANIFEST) throw refused(file, `it begins with ${name} instead of ${MANIFEST}`);
			manifest = await readManifest(file, entry);
			listed = listedIn(file, manifest);
			return;
		}
		const promised = listed.get(entry.path);
		if (promised === undefined) throw refused(file, `${name} is not listed in ${MANIFEST}`);
		await writeChecked(file, entry, promised, path.join(stage, entry.path));
	});
	if (manifest === undefined) throw refused(file, "it is empty");
	const missing = [...listed.keys()].find((name) => !seen.has(name));
	if (missing !== undefined) throw refused(file, `${missing} is listed and not there`);
	return manifest;
};

const keep = async (file: string, { facts, patches }: BundledKernel, stage: string): Promise<ImportedKernel> => {
	const { key, imageSha256, name } = facts;
	const here = await findKernel(key, { name, patches });
	if (here !== undefined && here.imageSha256 !== imageSha256)
		throw refused(file, `kernel ${name} is in the cache already, with another image; ${entryFolder(key)} holds it`);
	if (here !== undefined) return { facts, state: "was here" };
	await keepKernel(path.join(stage, key), { ...facts, importedFrom: path.basename(file) });
	return { facts, state: "taken" };
};

/** Takes every kernel of a bundle into the cache, or none when anything about the bundle is wrong. */
export const readBundle = async (
	file: string,
	signal: AbortSignal,
	mostBytes: number = LIMITS.unpackedBytes,
): Promise<readonly ImportedKernel[]> => {
	const stage = path.join(await ensureFolder(kernelsFolder()), `.import.tmp-${process.pid}`);
	const archive = path.join(stage, "bundle.tar");
	try {
		await mkdir(stage, { recursive: true });
		await unpack(path.resolve(file), archive, mostBytes, signal);
		await requireTar(file, archive);
		const { kernels } = await unpackChecked(file, archive, stage).catch((error: unknown) => {
			if (error instanceof LabError) throw error;
			if (error instanceof Error && "tarCode" in error) throw refused(file, `tar says "${error.message}"`, error);
			return explainFull(error, stage);
		});
		const taken: ImportedKernel[] = [];
		for (const kernel of kernels) taken.push(await keep(file, kernel, stage));
		return taken;
	} finally {
		await rm(stage, { recursive: true, force: true });
	}
};
