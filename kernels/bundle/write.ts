/** Kernels into a bundle, so that they are built once and tested on many machines. */
import { link, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import * as tar from "tar";
import type { KernelBuild } from "../../orchestrator/domain/kernel.ts";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { explainFull, sha256OfFile } from "../../orchestrator/host/files.ts";
import { run } from "../../orchestrator/host/process.ts";
import { kernelsFolder, readEntry } from "../cache.ts";
import { type BundledKernel, KERNEL_FILES, MANIFEST, type Manifest } from "./format.ts";

const PACK_TIMEOUT_MS = 30 * 60 * 1000;

const filesOf = async (build: KernelBuild): Promise<readonly { readonly name: string; readonly from: string }[]> => {
	const [image, config, log] = [build.image, build.config, build.log];
	const modules =
		build.modules === undefined ? [] : await readdir(build.modules, { recursive: true, withFileTypes: true });
	return [
		...[image, config, log].map((from, index) => ({ name: KERNEL_FILES[index] ?? "", from })),
		...modules
			.filter((entry) => entry.isFile())
			.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
			.map((from) => ({ name: path.join("modules", path.relative(build.modules ?? "", from)), from }))
			.sort((a, b) => (a.name < b.name ? -1 : 1)),
	];
};

/** Lays a kernel out below `stage` as the bundle holds it; gives what the manifest says of it. */
const stageKernel = async (build: KernelBuild, stage: string): Promise<BundledKernel> => {
	const files: BundledKernel["files"] = [];
	for (const { name, from } of await filesOf(build)) {
		const to = path.join(stage, build.key, name);
		await mkdir(path.dirname(to), { recursive: true });
		await link(from, to);
		files.push({ path: name, bytes: (await stat(to)).size, sha256: await sha256OfFile(to) });
	}
	const kept = await readEntry(path.dirname(build.image));
	const { name, key, sourceVersion, sourceSha256, imageSha256, imageBytes, compiler, buildSeconds } = build;
	const facts = { name, key, sourceVersion, sourceSha256, imageSha256, imageBytes, compiler, buildSeconds };
	return {
		facts: {
			...{ version: 2, wishKey: kept?.wishKey ?? key, ...facts },
			...{ compiledFiles: build.compiledFiles, warnings: [...build.warnings] },
		},
		patches: [...build.patches],
		files,
	};
};

/** Writes a bundle; the same kernels give the same bytes. `file` is replaced only by a whole one. */
export const writeBundle = async (builds: readonly KernelBuild[], file: string, signal: AbortSignal): Promise<void> => {
	const unique = [...new Map(builds.map((build) => [build.key, build])).values()];
	// Below the cache, so that files need not be copied to be packed.
	const stage = path.join(kernelsFolder(), `.bundle.tmp-${process.pid}`);
	const unpacked = path.join(stage, "bundle.tar");
	const temporary = `${file}.${process.pid}.tmp`;
	try {
		await mkdir(stage, { recursive: true });
		const kernels: BundledKernel[] = [];
		for (const build of unique) kernels.push(await stageKernel(build, stage));
		const manifest: Manifest = { version: 1, kernels };
		await writeFile(path.join(stage, MANIFEST), `${JSON.stringify(manifest, null, "\t")}\n`);
		const names = kernels.flatMap(({ facts, files }) => files.map((one) => `${facts.key}/${one.path}`));
		await tar.create({ file: unpacked, cwd: stage, portable: true, mtime: new Date(0), noDirRecurse: true }, [
			MANIFEST,
			...names,
		]);
		await run("zstd", ["-q", "-f", "-T0", unpacked, "-o", temporary], {
			signal,
			timeoutMs: PACK_TIMEOUT_MS,
			failure: "tool-missing",
			hint: "apt-get install zstd; is there room for the bundle?",
		});
		await rename(temporary, file);
	} catch (error) {
		if (error instanceof LabError) throw error;
		return explainFull(error, file);
	} finally {
		await rm(stage, { recursive: true, force: true });
		await rm(temporary, { force: true });
	}
};
