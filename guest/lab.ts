/** Puts this build's init, agent, cases, client, bare server, shim and server into the guest root, under a name that is their digest. */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ServerBuild } from "../orchestrator/domain/channel.ts";
import { digestOf } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { run } from "../orchestrator/host/process.ts";
import { asRoot } from "../orchestrator/host/requirements.ts";
import type { GuestRoot } from "./root/root.ts";
import { serverArguments } from "./server/compile.ts";

export interface GuestLab {
	/** The folder as the guest sees it, e.g. `/opt/fuselab/0123456789ab`. */
	readonly guestPath: string;
	readonly digest: string;
}

const WARNINGS = ["-O2", "-Wall", "-Wextra", "-Werror"];
const BUNDLES = ["agent.mjs", "cases.mjs"];
/** Programs without a library, by name: their sources. */
const PROGRAMS = {
	init: ["guest/init/init.c"],
	client: ["aio", "client", "maps", "move"].map((name) => `guest/client/${name}.c`),
	bare: ["guest/client/bare.c", "guest/client/bare-ring.c"],
	charged: ["guest/memlock/charged.c"],
};
const HEADERS = ["guest/client/bare.h", "guest/client/client.h"];
const COMPILE_TIMEOUT_MS = 10 * 60_000;

/** C sources and headers of the server; the shim beside them is a library of its own. */
const serverFiles = async (): Promise<readonly string[]> => {
	const folder = path.join(folders.clone(), "guest/server");
	const names = (await readdir(folder)).filter((name) => /\.[ch]$/.test(name) && name !== "lie.c");
	return names.toSorted().map((name) => path.join(folder, name));
};

/** Compiles with the guest's own compiler and libraries; `folder` is in the root's tree. */
const compileServer = async (root: GuestRoot, folder: string, builds: readonly ServerBuild[], signal: AbortSignal) => {
	const files = await serverFiles();
	const sources = path.join(folder, "server");
	await mkdir(sources);
	for (const file of files) await cp(file, path.join(sources, path.basename(file)));
	const inside = (name: string): string => `/${path.relative(root.path, path.join(folder, name))}`;
	const units = files.filter((file) => file.endsWith(".c")).map((file) => inside(`server/${path.basename(file)}`));
	for (const build of builds) {
		const arguments_ = serverArguments(build, inside(`fuselab-server-${build}`), units);
		const [program = "", ...args] = [...asRoot(), "chroot", root.path, "gcc", ...arguments_];
		await run(program, args, { signal, timeoutMs: COMPILE_TIMEOUT_MS });
	}
};

/**
 * Installs the lab unless this very build is there already; other builds in the same root are left alone. `builds` are
 * those of the server that are wanted.
 */
export const ensureLab = async (
	root: GuestRoot,
	builds: readonly ServerBuild[],
	signal: AbortSignal,
): Promise<GuestLab> => {
	const clone = folders.clone();
	const inClone = (file: string): string => path.join(clone, file);
	const programs = Object.entries(PROGRAMS).map(([name, files]) => ({ name, sources: files.map(inClone) }));
	const lie = inClone("guest/server/lie.c");
	const bundles = BUNDLES.map((name) => path.join(clone, "dist/bundle", name));
	const sources = programs.flatMap((program) => program.sources);
	const inputs = [...sources, ...HEADERS.map(inClone), lie, ...bundles, ...(await serverFiles())];
	const recipe = builds.flatMap((build) => [build, ...serverArguments(build, build, [])]).join(" ");
	const digest = digestOf(recipe, ...(await Promise.all(inputs.map((file) => readFile(file))))).slice(0, 16);
	const guestPath = `/opt/fuselab/${digest}`;
	const target = path.join(root.path, guestPath);
	const there = await readFile(path.join(target, "complete"), "utf8").catch(() => "");
	if (there === digest) return { guestPath, digest };
	const temporary = path.join(await ensureFolder(path.join(root.path, "opt/fuselab")), `.${digest}.tmp-${process.pid}`);
	try {
		await mkdir(temporary);
		for (const { name, sources } of programs)
			await run("gcc", [...WARNINGS, "-static", "-o", path.join(temporary, name), ...sources], { signal });
		await run("gcc", [...WARNINGS, "-fPIC", "-shared", "-o", path.join(temporary, "lie.so"), lie, "-ldl"], { signal });
		for (const bundle of bundles) await cp(bundle, path.join(temporary, path.basename(bundle)));
		await compileServer(root, temporary, builds, signal);
		await writeFile(path.join(temporary, "complete"), digest);
		await rm(target, { recursive: true, force: true });
		await rename(temporary, target);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
	return { guestPath, digest };
};
