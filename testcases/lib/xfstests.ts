/** xfstests on servers like the cell's: its own `check`, as its README.fuse says, which mounts and unmounts as it likes. */
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Lab } from "../case.ts";
import { contained } from "./contained.ts";

/** What `check` says of its tests at the end: `Ran: generic/001 generic/002`, and the same of those that failed or did not run. */
export interface XfstestsOutcome {
	readonly passed: readonly string[];
	readonly failed: readonly string[];
	readonly notRun: readonly string[];
}

/** Reads the output of `check`; some versions count what did not run among what ran. Pure. */
export const outcomeIn = (output: string): XfstestsOutcome => {
	const listed = (title: string): readonly string[] =>
		(new RegExp(`^${title}: ?(.*)$`, "m").exec(output)?.[1] ?? "").split(/\s+/).filter(Boolean);
	const failed = listed("Failures");
	const notRun = listed("Not run");
	const others = new Set([...failed, ...notRun]);
	return { passed: listed("Ran").filter((name) => !others.has(name)), failed, notRun };
};

/** The lines that `check` has on one test, its difference from what was expected among them; pure. */
export const linesOn = (output: string, name: string): string => {
	const lines = output.split("\n");
	const start = lines.findIndex((line) => line.startsWith(name) && /^\s/.test(line.slice(name.length)));
	if (start < 0) return "";
	const length = lines.slice(start + 1).findIndex((line) => /^\S/.test(line));
	return lines.slice(start, length < 0 ? undefined : start + 1 + length).join("\n");
};

const isGroup = (name: string): boolean => !/\/\d+$/.test(name);

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** mount(8) calls it with device and folder; it comes back once that is mounted, with mount(8)'s own status where it never is. */
const mountHelper = ({ mode, lies }: Lab, folder: string): string => {
	const shim = lies.length === 0 ? "" : `env LD_PRELOAD="$FUSELAB_LAB/lie.so" FUSELAB_LIE=${lies.join(",")} `;
	const options = `--mode=${mode} --allow-other=yes --fsname="$1"`;
	return [
		"#!/bin/sh",
		`setsid ${shim}"$FUSELAB_LAB/fuselab-server-plain" ${options} ${quoted(folder)}/"$1" "$2" </dev/null >${quoted(folder)}/"$1.log" 2>&1 &`,
		"for turn in $(seq 1500); do",
		'	findmnt "$1" "$2" >/dev/null && exit 0',
		"	kill -0 $! 2>/dev/null || break",
		"	sleep 0.02",
		"done",
		"exit 32",
		"",
	].join("\n");
};

/** Runs what the config asks for, beside the cell's own mount and on its store. */
export const runXfstests = async (lab: Lab): Promise<XfstestsOutcome & { output: string; status: number | null }> => {
	const { xfstests } = lab;
	if (xfstests === null) throw new Error("the config names no folder of xfstests");
	if (!existsSync(xfstests.folder))
		throw new Error(
			"xfstests is not in this guest: a kernel with modules boots from an image of the root, made before",
		);
	const folder = path.join(lab.behind, "xfstests");
	const [test, scratch] = ["non1", "non2"].map((device) => `/run/fuselab/xfstests/${device}`);
	for (const made of [`${folder}/non1`, `${folder}/non2`, `${test}`, `${scratch}`])
		await mkdir(made, { recursive: true });
	const helper = path.join(folder, "mount");
	await writeFile(helper, mountHelper(lab, folder));
	await chmod(helper, 0o755);
	const settings = { TEST_DEV: "non1", TEST_DIR: test, SCRATCH_DEV: "non2", SCRATCH_MNT: scratch };
	const options = path.join(folder, "local.config");
	const words = Object.entries({
		...settings,
		FSTYP: "fuse",
		FUSE_SUBTYP: ".fuselab",
		RESULT_BASE: `${folder}/results`,
	});
	await writeFile(options, words.map(([name, value]) => `export ${name}=${value}\n`).join(""));
	const excluded = path.join(folder, "excluded");
	await writeFile(excluded, xfstests.exclude.map((name) => `${name}\n`).join(""));
	const groups = xfstests.tests.filter(isGroup).flatMap((group) => ["-g", group]);
	const names = xfstests.tests.filter((name) => !isGroup(name));
	const { status, stdout, stderr } = await lab.run(
		...contained(
			...(["env", "-C", xfstests.folder, `FUSELAB_MOUNT=${helper}`, `HOST_OPTIONS=${options}`] as const),
			...["./check", "-E", excluded, ...groups, ...names],
		),
	);
	return { ...outcomeIn(stdout), status, output: `${stdout}\n${stderr}` };
};
