/** virtme-ng: the machine's own package where it is new enough, else Debian's, unpacked into the cache. */
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../domain/lab-error.ts";
import { candidate, downloadDeb } from "../host/apt.ts";
import { readIfThere, writeAtomically } from "../host/files.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { run } from "../host/process.ts";

const SUITE = "sid";

export interface Virtme {
	readonly version: string;
	/** Folder with `vng` and `virtme-run`. */
	readonly bin: string;
}

export interface VirtmeOptions {
	readonly signal: AbortSignal;
	readonly onStage: (text: string, log?: string) => void;
}

const toolsFolder = (): string => path.join(folders.cache(), "tools");

/** Wrapper scripts: the package unpacked outside of /usr finds its own modules, and the distribution's Python. */
const wrapper = (library: string, program: string): string =>
	`#!/bin/sh\nPYTHONPATH='${library}' PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 '${program}' "$@"\n`;

/** Finds the unpacked virtme-ng or fetches it. Throws `source-missing` or `fetch-failed`. */
export const ensureVirtme = async ({ signal, onStage }: VirtmeOptions): Promise<Virtme> => {
	const current = path.join(toolsFolder(), "virtme-ng.version");
	const known = await readIfThere(current);
	if (known !== undefined) {
		const bin = path.join(toolsFolder(), `virtme-ng-${known}`, "bin");
		if ((await readIfThere(path.join(bin, "vng"))) !== undefined) return { version: known, bin };
	}
	const { version } = await candidate("virtme-ng", SUITE, { signal, onStage });
	const target = path.join(toolsFolder(), `virtme-ng-${version}`);
	const temporary = `${target}.tmp-${process.pid}`;
	onStage(`fetching virtme-ng ${version}`);
	const deb = await downloadDeb("virtme-ng", SUITE, { signal, onStage });
	try {
		await mkdir(temporary, { recursive: true });
		await run("dpkg-deb", ["-x", deb.path, temporary], { signal });
		const bin = await ensureFolder(path.join(temporary, "bin"));
		for (const program of ["vng", "virtme-run"]) {
			const file = path.join(bin, program);
			await writeAtomically(
				file,
				wrapper(path.join(target, "usr/lib/python3/dist-packages"), path.join(target, "usr/bin", program)),
			);
			await chmod(file, 0o755);
		}
		await rm(target, { recursive: true, force: true });
		await rename(temporary, target);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
	await writeAtomically(current, version);
	return { version, bin: path.join(target, "bin") };
};

export interface VirtmeMachine {
	readonly image: string;
	readonly root: string;
	readonly cpus: number;
	readonly memoryMiB: number;
	readonly kvm: boolean;
}

const answers = new Map<string, readonly string[]>();

/** The QEMU command that virtme-ng would run, as an argument vector; asked once for each machine. */
export const virtmeCommand = async (
	virtme: Virtme,
	machine: VirtmeMachine,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const question = JSON.stringify([virtme.bin, machine]);
	const answer = answers.get(question) ?? (await askVirtme(virtme, machine, signal));
	answers.set(question, answer);
	return answer;
};

const askVirtme = async (virtme: Virtme, machine: VirtmeMachine, signal: AbortSignal): Promise<readonly string[]> => {
	// A cache folder of its own, as virtme-run makes one and would share it with the guest.
	const cache = await ensureFolder(path.join(toolsFolder(), "virtme-cache"));
	const shown = await run(
		path.join(virtme.bin, "virtme-run"),
		[
			...["--kimg", machine.image, "--mods", "none", "--root", machine.root],
			...["--memory", `${machine.memoryMiB}M`, "--cpus", String(machine.cpus)],
			...["--force-9p", "--disable-microvm", "--disable-monitor", "--show-command", "--dry-run"],
			...(machine.kvm ? [] : ["--disable-kvm"]),
		],
		{
			signal,
			env: { XDG_CACHE_HOME: cache },
			timeoutMs: 60_000,
			failure: "tool-missing",
			hint: "`fuselab setup` installs what virtme-ng needs.",
		},
	);
	const line = shown.stdout.split("\n").find((candidate) => candidate.includes("qemu-system"));
	if (line === undefined)
		throw new LabError({
			code: "tool-missing",
			sentence: "virtme-ng printed no QEMU command.",
			evidence: [shown.stdout, shown.stderr],
		});
	// The line is quoted for a shell by Python's shlex; its own reader splits it.
	const split = await run(
		"/usr/bin/python3",
		["-c", "import json,shlex,sys; print(json.dumps(shlex.split(sys.stdin.read())))"],
		{ signal, input: line },
	);
	const words: unknown = JSON.parse(split.stdout);
	if (!Array.isArray(words)) throw new TypeError("shlex gave no list");
	return words.map(String);
};
