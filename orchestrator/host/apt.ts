import { mkdtemp, readdir, rename, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../domain/lab-error.ts";
import { type AptOptions, openAptRoot, type PrivateApt } from "./apt-root.ts";
import { type AptSource, firstMirror, isDebianArchive, parseDeb822, parseOneLine } from "./apt-sources.ts";
import { explainFull, isMissing, readIfThere, sha256OfFile } from "./files.ts";
import { ensureFolder, folders } from "./folders.ts";
import { withLock } from "./lock.ts";
import { run } from "./process.ts";

const QUERY_TIMEOUT_MS = 60 * 1000;
const DOWNLOAD_TIMEOUT_MS = 30 * 60 * 1000;

/** The newest version of a package in one suite, as the signed package list states it. */
export interface Candidate {
	readonly package: string;
	readonly suite: string;
	readonly version: string;
	/** Of the .deb, hex. */
	readonly sha256: string;
	readonly bytes: number;
	readonly filename: string;
	/** Names of the packages that it depends on; of alternatives, the first. */
	readonly depends: readonly string[];
}

/** A .deb in the cache; its sha256 is the one that Debian signed. */
export interface DownloadedDeb {
	readonly path: string;
	readonly version: string;
	readonly sha256: string;
}

/** A source package on disk. */
export interface SourceFiles {
	readonly version: string;
	/** Absolute paths: the .dsc and the archives it lists. */
	readonly files: readonly string[];
}

/** Reads the first stanza of `apt-cache show`; undefined when it is no package of the archive. */
export const parseCandidate = (text: string, suite: string): Candidate | undefined => {
	const stanza = text.split(/\n\s*\n/)[0] ?? "";
	const field = (name: string): string | undefined => new RegExp(`^${name}: *(.+)$`, "m").exec(stanza)?.[1]?.trim();
	const [name, version, sha256, size, filename] = ["Package", "Version", "SHA256", "Size", "Filename"].map(field);
	if (!name || !version || !sha256 || !size || !filename) return undefined;
	const depends = (field("Depends") ?? "").split(",").flatMap((one) => /^[a-z0-9][a-z0-9+.-]+/.exec(one.trim()) ?? []);
	return { package: name, suite, version, sha256, bytes: Number(size), filename, depends };
};

const readSources = async (folder: string): Promise<readonly AptSource[]> => {
	const parts = path.join(folder, "sources.list.d");
	const names = await readdir(parts).catch((error: unknown) => {
		if (isMissing(error)) return [];
		throw error;
	});
	const sources = [...parseOneLine((await readIfThere(path.join(folder, "sources.list"))) ?? "")];
	for (const name of names.sort()) {
		const parse = name.endsWith(".list") ? parseOneLine : name.endsWith(".sources") ? parseDeb822 : undefined;
		if (parse !== undefined) sources.push(...parse((await readIfThere(path.join(parts, name))) ?? ""));
	}
	return sources;
};

/** Address of the Debian archive that this machine's own apt uses. */
export const aptMirror = async (folder = "/etc/apt"): Promise<string> => {
	for (const source of await readSources(folder)) {
		if (!isDebianArchive(source)) continue;
		if (!source.uri.startsWith("mirror+file:")) return source.uri.replace(/\/+$/, "");
		const listed = firstMirror((await readIfThere(fileURLToPath(source.uri.slice("mirror+".length)))) ?? "");
		if (listed !== undefined) return listed.replace(/\/+$/, "");
	}
	throw new LabError({
		code: "source-missing",
		sentence: "The apt sources of this machine name no Debian archive.",
		hint: `Add one with the component \`main\` to ${folder}/sources.list.d, e.g. for \`bookworm\`; the kernels' sources come from there.`,
	});
};

/** The private apt of one suite, ready to be asked. */
export const privateApt = async (suite: string, options: AptOptions): Promise<PrivateApt> => {
	if (!/^[a-z0-9][a-z0-9.-]*$/.test(suite))
		throw new LabError({ code: "source-missing", sentence: `\`${suite}\` is not the name of a Debian suite.` });
	return await openAptRoot(await aptMirror(), suite, options);
};

const requirePackageName = (name: string): void => {
	if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name))
		throw new LabError({ code: "source-missing", sentence: `\`${name}\` is not the name of a Debian package.` });
};

/** Which kernel sources a suite has, for whoever asked for one that it has not. */
const kernelsHint = async (apt: PrivateApt, signal: AbortSignal): Promise<string> => {
	const { stdout } = await run("apt-cache", ["pkgnames", "linux-source-"], {
		signal,
		env: apt.env,
		timeoutMs: QUERY_TIMEOUT_MS,
	});
	const kernels = stdout
		.split("\n")
		.filter((line) => /^linux-source-[\d.]+$/.test(line))
		.sort();
	return kernels.length === 0
		? `\`${apt.suite}\` holds no linux-source package; name another suite.`
		: `\`${apt.suite}\` has ${kernels.join(", ")}.`;
};

const notInSuite = async (name: string, apt: PrivateApt, signal: AbortSignal): Promise<LabError> =>
	new LabError({
		code: "source-missing",
		sentence: `Debian's \`${apt.suite}\` has no package \`${name}\`.`,
		hint: name.startsWith("linux")
			? await kernelsHint(apt, signal)
			: `Has it been renamed or removed? https://packages.debian.org/${apt.suite}/${name}`,
		...(apt.stale === undefined ? {} : { evidence: [apt.stale] }),
	});

/** Exact version and digest of a package in a suite. */
export const candidate = async (name: string, suite: string, options: AptOptions): Promise<Candidate> => {
	requirePackageName(name);
	const { signal } = options;
	const apt = await privateApt(suite, options);
	const shown = await run("apt-cache", ["show", "--no-all-versions", name], {
		signal,
		env: apt.env,
		timeoutMs: QUERY_TIMEOUT_MS,
		okStatus: [0, 100],
	});
	const found = parseCandidate(shown.stdout, suite);
	if (found === undefined) throw await notInSuite(name, apt, signal);
	return found;
};

const isIntact = async (file: string, sha256: string): Promise<boolean> => {
	try {
		return (await sha256OfFile(file)) === sha256;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
};

const waitQuietly = (): void => undefined;

/** Runs the body in a fresh folder below `parent` that is removed afterwards. */
const inTemporaryFolder = async <T>(parent: string, body: (folder: string) => Promise<T>): Promise<T> => {
	const folder = await mkdtemp(path.join(await ensureFolder(parent), ".download-"));
	try {
		return await body(folder);
	} catch (error) {
		return explainFull(error, parent);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};

/** A package's .deb from the cache, downloaded if need be. */
export const downloadDeb = async (name: string, suite: string, options: AptOptions): Promise<DownloadedDeb> =>
	await downloadCandidate(await candidate(name, suite, options), options);

/** Like `downloadDeb`, for a version that was asked for before. */
export const downloadCandidate = async (wanted: Candidate, options: AptOptions): Promise<DownloadedDeb> => {
	const { signal, onStage } = options;
	const parent = path.join(folders.cache(), "debs");
	const file = path.join(parent, wanted.sha256, path.basename(wanted.filename));
	const deb: DownloadedDeb = { path: file, version: wanted.version, sha256: wanted.sha256 };
	if (await isIntact(file, wanted.sha256)) {
		// `gc` goes by the folder's time.
		await utimes(path.dirname(file), new Date(), new Date());
		return deb;
	}
	const apt = await privateApt(wanted.suite, options);
	const download = async (temporary: string): Promise<DownloadedDeb> => {
		if (await isIntact(file, wanted.sha256)) return deb;
		onStage(`fetching ${wanted.package} ${wanted.version} (${(wanted.bytes / 1024 ** 2).toFixed(1)} MiB)`);
		await run("apt-get", ["download", "-q", `${wanted.package}=${wanted.version}`], {
			signal,
			cwd: temporary,
			env: apt.env,
			timeoutMs: DOWNLOAD_TIMEOUT_MS,
			failure: "fetch-failed",
			hint: "Is the network up? If the archive has moved on meanwhile, start again.",
		});
		const got = path.join(temporary, (await readdir(temporary)).find((entry) => entry.endsWith(".deb")) ?? "");
		if (!(await isIntact(got, wanted.sha256)))
			throw new LabError({
				code: "fetch-failed",
				sentence: `The download of ${wanted.package} ${wanted.version} does not have the digest that Debian signed.`,
				hint: "Start again; if it stays so, the mirror or a proxy serves wrong files.",
			});
		await ensureFolder(path.dirname(file));
		await rename(got, file);
		return deb;
	};
	const lock = path.join(parent, `.${wanted.sha256}.lock`);
	return await withLock(lock, signal, waitQuietly, () => inTemporaryFolder(parent, download), DOWNLOAD_TIMEOUT_MS);
};

/** Versions of a source package that `apt-cache showsrc` states, in no order. */
export const parseSourceVersions = (text: string, name: string): readonly string[] =>
	text.split(/\n\s*\n/).flatMap((stanza) => {
		const version = /^Version: *(\S+)$/m.exec(stanza)?.[1];
		return new RegExp(`^Package: *${name.replaceAll(/[.+]/g, "\\$&")}$`, "m").test(stanza) && version ? [version] : [];
	});

/** A source package's files in the cache, downloaded if need be; apt verifies them against the signed source list. */
export const downloadSource = async (name: string, suite: string, options: AptOptions): Promise<SourceFiles> => {
	requirePackageName(name);
	const { signal, onStage } = options;
	const apt = await privateApt(suite, options);
	const shown = await run("apt-cache", ["showsrc", "--only-source", name], {
		signal,
		env: apt.env,
		timeoutMs: QUERY_TIMEOUT_MS,
		okStatus: [0, 100],
	});
	const version = await newest(parseSourceVersions(shown.stdout, name), signal);
	if (version === undefined) throw await notInSuite(name, apt, signal);
	const parent = path.join(folders.cache(), "sources", name);
	// The epoch's colon would be read as a list separator by some build tools.
	const folder = path.join(await ensureFolder(parent), version.replaceAll(":", "%3a"));
	const filesIn = async (): Promise<readonly string[]> =>
		(await readdir(folder).catch(() => [])).sort().map((entry) => path.join(folder, entry));
	const download = async (temporary: string): Promise<void> => {
		if ((await filesIn()).length > 0) return;
		onStage(`fetching the source of ${name} ${version}`);
		await run("apt-get", ["source", "--download-only", "-q", `${name}=${version}`], {
			signal,
			cwd: temporary,
			env: apt.env,
			timeoutMs: DOWNLOAD_TIMEOUT_MS,
			failure: "fetch-failed",
			hint: "Is the network up?",
		});
		// A folder that exists is complete: it gets its name when everything in it has been verified.
		await rename(temporary, folder);
	};
	const lock = path.join(parent, ".lock");
	await withLock(lock, signal, waitQuietly, () => inTemporaryFolder(parent, download), DOWNLOAD_TIMEOUT_MS);
	return { version, files: await filesIn() };
};

const newest = async (versions: readonly string[], signal: AbortSignal): Promise<string | undefined> => {
	let best = versions[0];
	for (const version of versions.slice(1)) {
		const compared = await run("dpkg", ["--compare-versions", version, "gt", best ?? ""], { signal, okStatus: [0, 1] });
		if (compared.exitCode === 0) best = version;
	}
	return best;
};
