/** Puts this build's init, agent, cases and shim into the guest root, under a name that is their digest. */
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { digestOf } from "../orchestrator/host/files.ts";
import { ensureFolder, folders } from "../orchestrator/host/folders.ts";
import { run } from "../orchestrator/host/process.ts";
import type { GuestRoot } from "./root/root.ts";

export interface GuestLab {
	/** The folder as the guest sees it, e.g. `/opt/fuselab/0123456789ab`. */
	readonly guestPath: string;
	readonly digest: string;
}

const WARNINGS = ["-O2", "-Wall", "-Wextra", "-Werror"];

/** Installs the lab unless this very build is there already; other builds in the same root are left alone. */
export const ensureLab = async (root: GuestRoot, signal: AbortSignal): Promise<GuestLab> => {
	const clone = folders.clone();
	const bundles = path.join(clone, "dist/bundle");
	const inputs = [
		path.join(clone, "guest/init/init.c"),
		path.join(clone, "guest/server/lie.c"),
		path.join(bundles, "agent.mjs"),
		path.join(bundles, "cases.mjs"),
	];
	const digest = digestOf(...(await Promise.all(inputs.map((file) => readFile(file))))).slice(0, 16);
	const guestPath = `/opt/fuselab/${digest}`;
	const target = path.join(root.path, guestPath);
	const there = await readFile(path.join(target, "complete"), "utf8").catch(() => "");
	if (there === digest) return { guestPath, digest };
	const temporary = path.join(await ensureFolder(path.join(root.path, "opt/fuselab")), `.${digest}.tmp-${process.pid}`);
	try {
		await mkdir(temporary);
		const [init, lie] = [inputs[0] ?? "", inputs[1] ?? ""];
		await run("gcc", [...WARNINGS, "-static", "-o", path.join(temporary, "init"), init], { signal });
		await run("gcc", [...WARNINGS, "-fPIC", "-shared", "-o", path.join(temporary, "lie.so"), lie, "-ldl"], { signal });
		for (const bundle of ["agent.mjs", "cases.mjs"]) await cp(path.join(bundles, bundle), path.join(temporary, bundle));
		await writeFile(path.join(temporary, "complete"), digest);
		await rm(target, { recursive: true, force: true });
		await rename(temporary, target);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
	return { guestPath, digest };
};
