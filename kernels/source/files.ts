/** Sources that lie on this machine as files: a tarball, an unpacked folder. */
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readlink, stat } from "node:fs/promises";
import path from "node:path";
import PQueue from "p-queue";
import { LabError } from "../../orchestrator/domain/lab-error.ts";
import { isMissing, sha256OfFile } from "../../orchestrator/host/files.ts";
import { run } from "../../orchestrator/host/process.ts";
import { cannotTell, type ResolvedSource, type SourceOptions, UNPACK_TIMEOUT_MS, untar } from "./resolved.ts";

const missing = (sentence: string, hint: string, cause?: unknown): LabError =>
	new LabError({ code: "source-missing", sentence, hint, cause });

const requireKind = async (place: string, kind: "isFile" | "isDirectory", wanted: string): Promise<void> => {
	try {
		if ((await stat(place))[kind]()) return;
	} catch (cause) {
		throw missing(
			isMissing(cause) ? `The source ${place} does not exist.` : `The source ${place} cannot be read.`,
			"Paths in a config are relative to the config.",
			cause,
		);
	}
	throw missing(`The source ${place} is no ${wanted}.`, "`tarball:` names a file, `folder:` an unpacked tree.");
};

/** A tar archive, packed in a way that tar knows. */
export const resolveTarball = async (file: string): Promise<ResolvedSource> => {
	await requireKind(file, "isFile", "file");
	const version = path.basename(file).replace(/\.(?:tar(?:\.[a-z0-9]+)?|t[a-z]z2?)$/, "");
	return {
		name: path.basename(file),
		version,
		sha256: await sha256OfFile(file),
		unpack: async (tree, { signal, onStage }) => {
			onStage(`unpacking ${path.basename(file)}`);
			await mkdir(tree, { recursive: true });
			await untar(file, tree, 1, signal);
		},
		holds: cannotTell,
	};
};

/** Files that are read at the same time. */
const PARALLEL = 16;

/** Digest of a folder's content: names, the right to execute, bytes and links; a repository in it does not count. */
export const digestOfFolder = async (folder: string, signal: AbortSignal): Promise<string> => {
	const lines: string[] = [];
	const queue = new PQueue({ concurrency: PARALLEL });
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	for (const entry of entries) {
		const file = path.join(entry.parentPath, entry.name);
		const name = path.relative(folder, file);
		if (name === ".git" || name.startsWith(".git/") || entry.isDirectory()) continue;
		if (!entry.isFile() && !entry.isSymbolicLink())
			throw missing(`${file} is neither file, folder nor link.`, "A kernel's source holds nothing else.");
		const describe = async (): Promise<void> => {
			signal.throwIfAborted();
			const told = entry.isFile()
				? `${(await stat(file)).mode & 0o100 ? "executable" : "file"} ${await sha256OfFile(file)}`
				: `link ${await readlink(file)}`;
			lines.push(`${JSON.stringify(name)} ${told}\n`);
		};
		void queue.add(describe).catch(() => queue.clear());
	}
	await queue.onIdle();
	signal.throwIfAborted();
	return createHash("sha256").update(lines.sort().join("")).digest("hex");
};

const copyFolder = async (
	folder: string,
	sha256: string,
	tree: string,
	{ signal, onStage }: SourceOptions,
): Promise<void> => {
	onStage(`copying ${folder}`);
	await run("rsync", ["--archive", "--exclude=/.git", `${folder}/`, `${tree}/`], {
		signal,
		timeoutMs: UNPACK_TIMEOUT_MS,
	});
	if ((await digestOfFolder(folder, signal)) !== sha256)
		throw missing(`${folder} was changed while it was being copied.`, "Start again when nobody works in it.");
	const built = await access(path.join(tree, "include/config")).then(
		() => true,
		() => false,
	);
	// Another build's objects must not find their way into this one; the folder itself keeps them.
	if (built) await run("make", ["-s", "mrproper"], { signal, cwd: tree, timeoutMs: UNPACK_TIMEOUT_MS });
};

/** An unpacked tree as it stands, whatever git may think of it. */
export const resolveFolder = async (folder: string, { signal, onStage }: SourceOptions): Promise<ResolvedSource> => {
	await requireKind(folder, "isDirectory", "folder");
	onStage(`reading ${folder}`);
	const sha256 = await digestOfFolder(folder, signal);
	return {
		name: folder,
		version: `${path.basename(folder)}-${sha256.slice(0, 12)}`,
		sha256,
		unpack: async (tree, options) => await copyFolder(folder, sha256, tree, options),
		holds: cannotTell,
	};
};
