/** `fuselab bench startup`: how long until the guest's agent speaks, beside virtme-ng on the same kernel and root. */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onMachine } from "../config/on-machine.ts";
import type { MachineKind } from "../domain/cell.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { summarise } from "../figures/summary.ts";
import { interrupt } from "../host/interrupt.ts";
import { run } from "../host/process.ts";
import type { Hello } from "../machine/guest.ts";
import { type Bench, Boots, type OnStage, prepareBench, prepareKernel } from "./prepare.ts";
import { openView } from "./stage.ts";

/** Seconds, one for each round; `theirs` is empty where virtme-ng cannot boot the kernel. */
interface Startup {
	readonly machine: string;
	readonly kernel: string;
	readonly ours: readonly number[];
	/** What ours went to, in the order of PARTS. */
	readonly parts: readonly (readonly number[])[];
	readonly theirs: readonly number[];
}

/** In their order; together they are the whole. */
const PARTS = [
	"command made, machine started, firmware",
	"kernel, until its first program",
	"init: mounts and the rest",
	"Node, until the agent's first word",
] as const;

const partsOf = (whole: number, { uptimeSeconds, initSeconds, nodeSeconds }: Hello): readonly number[] => [
	whole - uptimeSeconds,
	initSeconds,
	nodeSeconds - initSeconds,
	uptimeSeconds - nodeSeconds,
];

const seconds = (since: number): number => (performance.now() - since) / 1000;

const bootVng = async (bench: Bench, { image }: KernelBuild, kvm: boolean, home: string): Promise<void> => {
	await run(
		path.join(bench.virtme.bin, "vng"),
		["--run", image, "--root", bench.root.path, ...(kvm ? [] : ["--disable-kvm"]), "--", "true"],
		{
			signal: interrupt.signal,
			timeoutMs: 300_000,
			env: { PATH: `${bench.virtme.bin}:${process.env.PATH ?? ""}`, XDG_CACHE_HOME: home, HOME: home },
		},
	);
};

/** Boots in turn, ours and virtme-ng's, so that a drift of the machine's speed meets both. */
const measure = async (config: LabConfig, bench: Bench, runs: number, onStage: OnStage): Promise<Startup> => {
	const { signal } = interrupt;
	const [wish] = config.kernels;
	if (wish === undefined) throw new LabError({ code: "config-invalid", sentence: `${config.file} names no kernel.` });
	const build = await prepareKernel(wish, config.machine, signal, onStage);
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-bench-"));
	const ours: number[] = [];
	const theirs: number[] = [];
	const rounds: (readonly number[])[] = [];
	try {
		const boots = new Boots(bench, config.machine, folder, signal);
		const { chosen } = await boots.machine(build);
		for (let round = 1; round <= runs; round += 1) {
			onStage(`${chosen}, round ${round} of ${runs}`);
			let started = performance.now();
			const guest = await boots.boot(build, `boot-${round}`);
			ours.push(seconds(started));
			rounds.push(partsOf(seconds(started), guest.hello));
			await guest[Symbol.asyncDispose]();
			if (chosen === "uml") continue;
			started = performance.now();
			await bootVng(bench, build, chosen === "qemu-kvm", folder);
			theirs.push(seconds(started));
		}
		const parts = PARTS.map((_, index) => rounds.map((round) => round[index] ?? 0));
		return { machine: chosen, kernel: build.sourceVersion, ours, parts, theirs };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};

const row = (what: string, samples: readonly number[], unit: string): string => {
	if (samples.length === 0) return "";
	const { median, min, max, n } = summarise(samples);
	return `  ${what.padEnd(52)} ${median.toFixed(2)} ${unit}  (${min.toFixed(2)} to ${max.toFixed(2)}, n=${n})\n`;
};

/** Measures each kind of machine and prints medians with their spread. */
export const benchStartup = async (
	config: LabConfig,
	kinds: readonly MachineKind[],
	runs: number,
	json: boolean,
): Promise<number> => {
	const view = openView();
	const startups: Startup[] = [];
	try {
		const bench = await prepareBench(interrupt.signal, view.stage);
		for (const kind of kinds) startups.push(await measure(onMachine(config, kind), bench, runs, view.stage));
	} finally {
		view.close();
	}
	if (json) process.stdout.write(`${JSON.stringify({ version: 2, startups }, null, "\t")}\n`);
	else
		for (const { machine, kernel, ours, parts, theirs } of startups) {
			process.stdout.write(`${machine}, Linux ${kernel}, ${config.machine.cpus} CPUs; medians\n`);
			process.stdout.write(row("fuselab: command made, power-on, agent's first word", ours, "s"));
			for (const [index, part] of PARTS.entries()) process.stdout.write(row(`  ${part}`, parts[index] ?? [], "s"));
			process.stdout.write(row("vng --run KERNEL --root ROOT -- true, in all", theirs, "s"));
			const ratios = theirs.map((time, index) => time / (ours[index] ?? Number.NaN));
			process.stdout.write(row("vng / fuselab, pair by pair", ratios, "times"));
		}
	return EXIT.hoped;
};
