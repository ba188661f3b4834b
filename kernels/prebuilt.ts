/** Kernels that Debian has built: image and modules from its packages, with nothing compiled here. */
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { KernelBuild, KernelSource } from "../orchestrator/domain/kernel.ts";
import { LabError } from "../orchestrator/domain/lab-error.ts";
import { type Candidate, candidate, downloadCandidate } from "../orchestrator/host/apt.ts";
import { digestOf, isMissing, readIfThere, sha256OfFile, writeAtomically } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { withLock } from "../orchestrator/host/lock.ts";
import { run } from "../orchestrator/host/process.ts";
import { findKernel } from "./cache.ts";
import { parseOptions } from "./config.ts";
import type { SourceOptions } from "./source/resolved.ts";

type DebianImage = Extract<KernelSource, { kind: "debian-image" }>;

/** Changes when the same packages would be laid out in another way. */
const LAYOUT = "1";
const UNPACK_TIMEOUT_MS = 5 * 60 * 1000;
/** A metapackage leads to a kernel, and a kernel to its parts: not further. */
const MOST_PACKAGES = 12;

/** The packages that make up a kernel: one, or since Debian 13 image, binary, modules and base. */
const partsOf = async (source: DebianImage, options: SourceOptions): Promise<readonly Candidate[]> => {
	const found: Candidate[] = [];
	const wanted = new Set([source.package]);
	// A set that grows while it is walked is walked to its new end.
	for (const name of wanted) {
		if (found.length === MOST_PACKAGES) break;
		const part = await candidate(name, source.suite, options);
		found.push(part);
		for (const next of part.depends) if (/^linux-(?:image|binary|modules|base)-\S*\d/.test(next)) wanted.add(next);
	}
	return found;
};

const entryShape = z.object({ layout: z.literal(LAYOUT), release: z.string(), imageSha256: z.string() });
type Entry = z.infer<typeof entryShape>;

/** The kernel of a cache entry; undefined when there is none, or a damaged one. */
const readEntry = async (folder: string): Promise<Entry | undefined> => {
	const text = await readIfThere(path.join(folder, "entry.json"));
	try {
		const entry = text === undefined ? undefined : entryShape.safeParse(JSON.parse(text)).data;
		return entry !== undefined && (await sha256OfFile(path.join(folder, "image"))) === entry.imageSha256
			? entry
			: undefined;
	} catch (error) {
		if (error instanceof SyntaxError || isMissing(error)) return undefined;
		throw error;
	}
};

/** Moves the first of the files that is there. */
const take = async (candidates: readonly string[], target: string, what: string, name: string): Promise<void> => {
	for (const file of candidates)
		try {
			return await rename(file, target);
		} catch (error) {
			if (!isMissing(error)) throw error;
		}
	throw new LabError({
		code: "source-missing",
		sentence: `The package ${name} and those it depends on hold no ${what}.`,
		hint: "Name a package with a whole version, e.g. `linux-image-7.3.4+deb13-amd64`, or a metapackage such as `linux-image-amd64`.",
	});
};

/** Lays the packages out as `image`, `config`, `modules/RELEASE`, `build.log`, and `entry.json` at last. */
const layOut = async (parts: readonly Candidate[], folder: string, options: SourceOptions): Promise<void> => {
	const { signal, onStage } = options;
	const name = parts[0]?.package ?? "";
	const root = path.join(folder, "unpacked");
	for (const part of parts) {
		const deb = await downloadCandidate(part, options);
		onStage(`unpacking ${path.basename(deb.path)}`);
		await run("dpkg-deb", ["-x", deb.path, root], { signal, timeoutMs: UNPACK_TIMEOUT_MS });
	}
	const modules = path.join(folder, "modules");
	await take([path.join(root, "usr/lib/modules"), path.join(root, "lib/modules")], modules, "modules", name);
	const [release = "", ...others] = await readdir(modules);
	if (others.length > 0)
		throw new LabError({
			code: "source-missing",
			sentence: `${name} holds more than one kernel: ${[release, ...others].join(", ")}.`,
		});
	const at = (file: string): readonly string[] => [
		path.join(modules, release, file),
		path.join(root, "boot", `${file}-${release}`),
	];
	await take(at("vmlinuz"), path.join(folder, "image"), "kernel image", name);
	await take(at("config"), path.join(folder, "config"), "configuration", name);
	// depmod looks below `lib/modules`.
	const base = await ensureFolder(path.join(folder, "unpacked/depmod/lib"));
	await rename(modules, path.join(base, "modules"));
	await run("depmod", ["-b", path.dirname(base), release], {
		signal,
		timeoutMs: UNPACK_TIMEOUT_MS,
		failure: "tool-missing",
		hint: "apt-get install kmod",
	});
	await rename(path.join(base, "modules"), modules);
	await rm(root, { recursive: true });
	await writeAtomically(
		path.join(folder, "build.log"),
		parts.map((part) => `${part.package} ${part.version} ${part.suite} sha256 ${part.sha256}\n`).join(""),
	);
	const entry: Entry = { layout: LAYOUT, release, imageSha256: await sha256OfFile(path.join(folder, "image")) };
	await writeAtomically(path.join(folder, "entry.json"), `${JSON.stringify(entry)}\n`);
};

/** Fetches a kernel that Debian has built, or finds it in the cache. */
export const fetchKernel = async (name: string, source: DebianImage, options: SourceOptions): Promise<KernelBuild> => {
	const started = performance.now();
	const parts = await partsOf(source, options);
	const key = digestOf(`debian-image ${LAYOUT}`, ...parts.map(({ sha256 }) => sha256));
	const brought = await findKernel(key, { name, patches: [] });
	if (brought !== undefined) return brought;
	const images = await ensureFolder(path.join(folders.cache(), "images"));
	const folder = path.join(images, key);
	const there = await readEntry(folder);
	const entry =
		there ??
		(await withLock(
			`${folder}.lock`,
			options.signal,
			() => options.onStage(`waiting for another fuselab to fetch ${source.package}`),
			async () => {
				const madeMeanwhile = await readEntry(folder);
				if (madeMeanwhile !== undefined) return madeMeanwhile;
				const temporary = path.join(images, `.${key}.tmp-${process.pid}`);
				try {
					await mkdir(temporary, { recursive: true });
					await layOut(parts, temporary, options);
					await rm(folder, { recursive: true, force: true });
					await rename(temporary, folder);
				} finally {
					await rm(temporary, { recursive: true, force: true });
				}
				return await readEntry(folder);
			},
		));
	if (entry === undefined)
		throw new LabError({
			code: "fetch-failed",
			sentence: `${source.package} was fetched, and its image could not be read back.`,
			hint: "Is the disk full or failing? Start again.",
		});
	await utimes(folder, new Date(), new Date());
	const config = path.join(folder, "config");
	const kernel = parts.find((part) => part.package.endsWith(entry.release)) ?? parts[0];
	return {
		name,
		key,
		image: path.join(folder, "image"),
		modules: path.join(folder, "modules"),
		config,
		log: path.join(folder, "build.log"),
		sourceVersion: kernel?.version ?? entry.release,
		sourceSha256: digestOf(...parts.map(({ sha256 }) => sha256)),
		imageSha256: entry.imageSha256,
		imageBytes: (await stat(path.join(folder, "image"))).size,
		compiler:
			parseOptions(await readFile(config, "utf8"))
				.get("CC_VERSION_TEXT")
				?.replaceAll('"', "") ?? "unknown",
		patches: [],
		buildSeconds: (performance.now() - started) / 1000,
		compiledFiles: 0,
		warnings: [],
		fromCache: there !== undefined,
	};
};
