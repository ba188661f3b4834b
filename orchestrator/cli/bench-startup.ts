/** `fuselab bench startup`: how long until the guest's agent speaks, beside virtme-ng on the same kernel and root. */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { summarise } from "../figures/summary.ts";
import { interrupt } from "../host/interrupt.ts";
import { run } from "../host/process.ts";
import { Boots, prepareBench, prepareKernel } from "./prepare.ts";
import { readConfig } from "./run.ts";
import { openView } from "./stage.ts";

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** Boots in turn, ours and virtme-ng's, so that a drift of the machine's speed meets both. */
export const benchStartup = async (file: string, runs: number, json: boolean): Promise<number> => {
	const { signal } = interrupt;
	const config = await readConfig(file);
	const [wish] = config.kernels;
	if (wish === undefined) throw new LabError({ code: "config-invalid", sentence: `${file} names no kernel.` });
	const view = openView();
	const bench = await prepareBench(signal, view.stage);
	const build = await prepareKernel(wish, signal, view.stage);
	const folder = await mkdtemp(path.join(os.tmpdir(), "fuselab-bench-"));
	const boots = new Boots(bench, { ...config.machine }, folder, signal);
	const kvm = (await boots.machine(build)).accelerator === "kvm";
	const ours: number[] = [];
	const theirs: number[] = [];
	try {
		for (let round = 1; round <= runs; round += 1) {
			view.stage(`round ${round} of ${runs}: fuselab, then vng`);
			let started = performance.now();
			const guest = await boots.boot(build, `boot-${round}`);
			ours.push(seconds(started));
			await guest[Symbol.asyncDispose]();
			started = performance.now();
			await run(
				path.join(bench.virtme.bin, "vng"),
				["--run", build.image, "--root", bench.root.path, ...(kvm ? [] : ["--disable-kvm"]), "--", "true"],
				{
					signal,
					timeoutMs: 300_000,
					env: { PATH: `${bench.virtme.bin}:${process.env.PATH ?? ""}`, XDG_CACHE_HOME: folder, HOME: folder },
				},
			);
			theirs.push(seconds(started));
		}
	} finally {
		view.close();
		await rm(folder, { recursive: true, force: true });
	}
	const [our, their] = [summarise(ours), summarise(theirs)];
	const ratios = summarise(theirs.map((time, index) => time / (ours[index] ?? Number.NaN)));
	if (json) {
		process.stdout.write(
			`${JSON.stringify({ version: 1, kernel: build.sourceVersion, kvm, ours, theirs, ratios }, null, "\t")}\n`,
		);
		return EXIT.hoped;
	}
	const row = (what: string, s: typeof our, unit: string): string =>
		`${what.padEnd(52)} ${s.median.toFixed(2)} ${unit}  (${s.min.toFixed(2)} to ${s.max.toFixed(2)}, n=${s.n})\n`;
	process.stdout.write(`Linux ${build.sourceVersion}, ${kvm ? "KVM" : "TCG"}, ${config.machine.cpus} CPUs; medians\n`);
	process.stdout.write(row("fuselab: command made, power-on, agent's first word", our, "s"));
	process.stdout.write(row("vng --run KERNEL --root ROOT -- true, in all", their, "s"));
	process.stdout.write(row("vng / fuselab, pair by pair", ratios, "times"));
	return EXIT.hoped;
};
