/** Runs the built command line as a user does, and looks at what is left afterwards. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { folders } from "../../orchestrator/host/folders.ts";

const ENTRY = path.join(folders.clone(), "orchestrator/fuselab.mjs");

/** In the environment of all that this test starts: another checkout's guests are none of its business. */
const MARK = `FUSELAB_TEST=${process.pid}`;

export interface Outcome {
	readonly status: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Starts `fuselab ARGS` and leaves it running. */
export const startFuselab = (...args: readonly string[]) =>
	execa(process.execPath, [ENTRY, ...args], {
		cwd: folders.clone(),
		reject: false,
		stdin: "ignore",
		maxBuffer: 64 * 1024 * 1024,
		env: { NO_COLOR: "1", ...Object.fromEntries([MARK.split("=")]) },
	});

/** Runs `fuselab ARGS` to its end. */
export const fuselab = async (...args: readonly string[]): Promise<Outcome> => {
	const result = await startFuselab(...args);
	return { status: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
};

const cellSchema = z.looseObject({
	cell: z.looseObject({
		id: z.string(),
		kernel: z.string(),
		mode: z.string(),
		store: z.string(),
		work: z.looseObject({ kind: z.string() }),
	}),
	verdict: z.looseObject({ outcome: z.string(), because: z.string(), detail: z.string() }),
	proof: z.looseObject({ found: z.string(), witness: z.string(), detail: z.string() }).nullable(),
	figures: z.array(z.looseObject({ name: z.string(), summary: z.looseObject({ median: z.number() }) })),
	findings: z.array(
		z.looseObject({ kind: z.string(), title: z.string(), functions: z.array(z.string()), lines: z.array(z.string()) }),
	),
	stuck: z.array(z.looseObject({ state: z.string(), stack: z.array(z.string()) })).optional(),
	boot: z.string().nullable(),
	sharedWith: z.string().optional(),
});
const reportSchema = z.looseObject({
	version: z.literal(1),
	run: z.looseObject({ id: z.string() }),
	cells: z.array(cellSchema),
});

export type Report = z.output<typeof reportSchema>;

/** Reads what `--json` printed. */
export const readReport = (stdout: string): Report => reportSchema.parse(JSON.parse(stdout));

/** Pids of processes that `matches`, which may throw as they end, says yes to. */
const processesWhose = (matches: (folder: string) => boolean): readonly number[] =>
	readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => {
			try {
				return matches(`/proc/${pid}`);
			} catch {
				return false;
			}
		})
		.map(Number);

const isOurs = (folder: string): boolean => readFileSync(`${folder}/environ`, "utf8").split("\0").includes(MARK);

/** This test's QEMU guests: command lines that carry our init, by pid. */
export const guestsRunning = (): readonly number[] =>
	processesWhose((folder) => {
		const command = readFileSync(`${folder}/cmdline`, "utf8");
		return (
			command.startsWith("/") && command.includes("qemu-system") && command.includes("fuselab_lab=") && isOurs(folder)
		);
	});

/** This test's user-mode Linux with this much memory, by pid. */
export const umlRunning = (mebibytes: number): readonly number[] =>
	processesWhose(
		(folder) => readFileSync(`${folder}/cmdline`, "utf8").includes(`\0mem=${mebibytes}M\0`) && isOurs(folder),
	);

/** Members of a process group, by pid; the processes of a user-mode Linux have no environment that could be read. */
export const groupMembers = (group: number): readonly number[] =>
	processesWhose(
		(folder) => readFileSync(`${folder}/stat`, "utf8").replace(/^.*\)/s, "").split(" ")[3] === String(group),
	);

/** Waits until `condition` holds; gives the seconds it took, or undefined after `limitSeconds`. */
export const secondsUntil = async (condition: () => boolean, limitSeconds: number): Promise<number | undefined> => {
	const started = performance.now();
	while (!condition()) {
		if (performance.now() - started > limitSeconds * 1000) return undefined;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return (performance.now() - started) / 1000;
};

/** True for a proof in which the kernel's counters speak, alone or with the server's. */
export const isKernelsWord = (witness: string): boolean =>
	witness === "kernel-counters" || witness === "kernel-and-server";
