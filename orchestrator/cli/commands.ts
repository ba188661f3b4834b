/** The words users type. Each command's work stands in a file of its own. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { CASES } from "../../testcases/catalogue.ts";
import { findRun, listRuns } from "../archive/read.ts";
import { MACHINE_KINDS, type MachineKind } from "../domain/cell.ts";
import type { Prefixes } from "../domain/kernel.ts";
import { MEMLOCK_USERS } from "../domain/memlock.ts";
import { folders } from "../host/folders.ts";
import { sweep } from "../host/ledger.ts";
import { benchLadder } from "./bench-ladder.ts";
import { benchReliability } from "./bench-reliability.ts";
import { benchServerCost } from "./bench-server-cost.ts";
import { benchStartup } from "./bench-startup.ts";
import { type BisectOptions, bisectCommand } from "./bisect.ts";
import { type BuildCommandOptions, buildCommand } from "./build.ts";
import { type CoverageOptions, coverageCommand } from "./coverage.ts";
import { doctor } from "./doctor.ts";
import { gc } from "./gc.ts";
import { type MemlockOptions, memlockCommand } from "./memlock.ts";
import { type MutantsOptions, mutantsCommand } from "./mutants.ts";
import { planCommand } from "./plan.ts";
import { reproCommand } from "./repro.ts";
import { printReport, readConfig, runCommand } from "./run.ts";
import { seriesApplyCommand, seriesShowCommand } from "./series.ts";
import { setup } from "./setup.ts";
import { type ShellCommandOptions, shellCommand } from "./shell.ts";

const positive = (text: string): number => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number of 1 or more is wanted");
	return value;
};

const prefixes = (text: string): Prefixes => {
	const numbers = text.split(",").map(Number);
	if (text === "all") return text;
	if (!/^[\d,]+$/.test(text) || numbers.some((number) => !Number.isInteger(number) || number > 9999))
		throw new InvalidArgumentError("`all` or a list such as 0,3,5 is wanted");
	return numbers.toSorted((a, b) => a - b);
};

const share = (text: string): number => {
	const [, number = "", percent = ""] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
	const value = Number(number) / (percent === "%" ? 100 : 1);
	if (number === "" || value <= 0 || value >= 1) throw new InvalidArgumentError("a share such as 5% is wanted");
	return value;
};

const gibibytes = (text: string): number => {
	const value = Number(/^(\d+(?:\.\d+)?)G?$/.exec(text)?.[1] ?? Number.NaN);
	if (Number.isNaN(value)) throw new InvalidArgumentError("a size like 20G is wanted");
	return value;
};

const machineOption = (): Option =>
	new Option("--machine <kind>", "this machine in the place of the config's").choices(MACHINE_KINDS);

const guestsOption = (): Option =>
	new Option("--guests <n>", "guests side by side, for checks; as many as fit unless told").argParser(positive);

interface ConfigOptions {
	readonly json?: boolean;
	readonly machine?: MachineKind;
}

/** Adds every command; `setStatus` receives the exit status. */
export const addCommands = (program: Command, setStatus: (status: number) => void): void => {
	program
		.command("doctor")
		.description("show tools, machines, memory, disk and caches, and what is missing")
		.option("--json", "the same as JSON")
		.action(async ({ json }: { json?: boolean }) => setStatus(await doctor(json === true)));
	program
		.command("setup")
		.description("install the Debian packages that are missing; does nothing when nothing is")
		.option("--quiet", "say nothing when nothing is missing")
		.option("--tests", "also what the project's own tests need")
		.action(
			async ({ quiet, tests }: { quiet?: boolean; tests?: boolean }) => await setup(quiet === true, tests === true),
		);
	program
		.command("build")
		.description("build the kernels of a config, or find them in the cache")
		.argument("[config]")
		.addOption(machineOption())
		.option("--export <file>", "pack the kernels into a bundle, FILE.tar.zst")
		.option("--import <file>", "take the kernels of a bundle into the cache instead")
		.option("--verify", "build each once more in a fresh tree, without the compiler cache, and compare the images")
		.option("--json", "records of the builds as JSON")
		.action(async (file: string | undefined, options: BuildCommandOptions) =>
			setStatus(await buildCommand(file, options)),
		);
	const series = program.command("series").description("look at patch series");
	series
		.command("show")
		.description("print what is understood of a series: versions, parts, authors, diffstat, base, claims")
		.argument("<what...>", "an mbox, maildir, folder of patches, quilt folder, message-id, or a config")
		.option("--take <version>", "this version of the series instead of the newest", positive)
		.option("--json", "the same as JSON")
		.action(async (words: string[], options: { json?: boolean; take?: number }) =>
			setStatus(await seriesShowCommand(words, options)),
		);
	series
		.command("apply")
		.description("apply the series of a config's kernels to their sources, and compile nothing")
		.argument("<config>")
		.option("--json", "the same as JSON")
		.action(async (file: string, { json }: { json?: boolean }) =>
			setStatus(await seriesApplyCommand(await readConfig(file, undefined), json === true)),
		);
	program
		.command("ladder")
		.description(
			"build a kernel for every prefix of a series, run the config's cells on each, say what each patch changes",
		)
		.argument("<config>")
		.addOption(machineOption())
		.option(
			"--prefixes <list>",
			"how many patches each kernel carries, e.g. 0,3,5; `all` unless the config says",
			prefixes,
		)
		.option("--build-only", "boot nothing")
		.option("--json", "the report as JSON on stdout")
		.action(async (file: string, options: ConfigOptions & { prefixes?: Prefixes; buildOnly?: boolean }) =>
			setStatus(
				await runCommand(await readConfig(file, options.machine, { instead: options.prefixes, otherwise: "all" }), {
					json: options.json === true,
					...(options.buildOnly === true ? { only: () => false } : {}),
				}),
			),
		);
	program
		.command("bisect")
		.description("name the patch of a series that broke a case, or made a figure worse")
		.argument("<config>", "names the kernel with the series, machine, modes and stores")
		.addOption(machineOption())
		.option("--case <name>", "a case that fails with the whole series")
		.option("--figure <name>", "a figure that is worse with the whole series, e.g. quick/read-direct")
		.option("--worse <share>", "how much worse counts, e.g. 5%", share)
		.option("--kernel <name>", "needed where more than one kernel has a series")
		.option("--mode <name>", "needed where the config has more than one")
		.option("--store <name>", "needed where the config has more than one")
		.option("--times <n>", "cells on each rung, instead of as many as the flakiness asks for", positive)
		.option("--tree <path>", "judge the commit that is checked out there, for `git bisect run`: exit 0, 1 or 125")
		.option("--bound <value>", "what the figure must reach to be good; goes with --tree", Number)
		.option("--json", "what was found as JSON on stdout")
		.action(async (file: string, options: BisectOptions) => setStatus(await bisectCommand(file, options)));
	program
		.command("plan")
		.description("print the cells of a config and do nothing")
		.argument("<config>")
		.addOption(machineOption())
		.option("--json", "the same as JSON")
		.action(async (file: string, { json, machine }: ConfigOptions) =>
			setStatus(await planCommand(await readConfig(file, machine), json === true)),
		);
	program
		.command("run")
		.description("build, boot, serve, check, measure; print the verdict")
		.argument("<config>")
		.addOption(machineOption())
		.option("--json", "the report as JSON on stdout")
		.option("--repeat <n>", "run every cell this often", positive)
		.addOption(guestsOption())
		.action(
			async (file: string, { json, machine, repeat, guests }: ConfigOptions & { repeat?: number; guests?: number }) =>
				setStatus(
					await runCommand(await readConfig(file, machine), {
						json: json === true,
						...(guests === undefined ? {} : { guests }),
						...(repeat === undefined ? {} : { times: repeat }),
					}),
				),
		);
	program
		.command("mutants")
		.description("run a config's checks on kernels with seeded bugs, each until one fails: would the cases notice?")
		.argument("<config>", "its first kernel is the healthy one")
		.option("--from <folder>", "files that hold one patch each, instead of kernels/mutants")
		.option("--only <pattern>", "names of mutants, e.g. `pool-*`")
		.addOption(machineOption())
		.addOption(guestsOption())
		.option("--json", "name, outcome, killingCase and seconds of each as JSON on stdout")
		.action(async (file: string, { json, machine, from, only, guests }: ConfigOptions & Partial<MutantsOptions>) =>
			setStatus(await mutantsCommand(await readConfig(file, machine), { from, only, guests, json: json === true })),
		);
	program
		.command("memlock")
		.description("what locked memory a server is charged for in each mode: predicted, and found to the page")
		.argument("[config]", "kernel, machine, modes, queue depth and options of the server", "configs/memlock.yaml")
		.addOption(machineOption())
		.addOption(new Option("--user <who>", "this user alone").choices(MEMLOCK_USERS))
		.option("--rows <pattern>", "names of rows, e.g. `limit*`")
		.option(
			"--rounds <n>",
			"how often the server is started and stopped in the row that looks for drift",
			positive,
			500,
		)
		.option("--markdown <file>", "write the table as a page; what stands below its `## Why` is kept")
		.option("--plot <file>", "write limit against outcome as SVG")
		.option("--configs <folder>", "write a config for each row that asks it alone")
		.option("--json", "what was found as JSON on stdout")
		.action(async (file: string, options: MemlockOptions) =>
			setStatus(await memlockCommand(await readConfig(file, options.machine), options)),
		);
	program
		.command("report")
		.description("print the report of a run again, from its folder alone")
		.argument("[run]", "run id, folder, or `latest`", "latest")
		.option("--json", "the same facts as JSON")
		.action(async (run: string, { json }: { json?: boolean }) =>
			setStatus(await printReport(await findRun(run, folders.runs()), json === true)),
		);
	program
		.command("coverage")
		.description("what the cases of a run held and which lines of fs/fuse they ran (`flavour: coverage`), as Markdown")
		.argument("[run]", "run id, folder, or `latest`", "latest")
		.option("--mutants <file>", "add what `fuselab mutants --json` printed")
		.option("--memlock <file>", "add what `fuselab memlock --json` printed")
		.action(async (run: string, options: CoverageOptions) => setStatus(await coverageCommand(run, options)));
	program
		.command("cases")
		.description("list the cases and what each proves")
		.action(() => {
			for (const { name, proves } of CASES) process.stdout.write(`${name.padEnd(32)}${proves}\n`);
		});
	program
		.command("runs")
		.description("list the runs that are kept, oldest first")
		.action(async () => {
			for (const id of await listRuns(folders.runs())) process.stdout.write(`${id}\n`);
		});
	program
		.command("shell")
		.description("open a shell in a guest with the server mounted: a config's first kernel, or a recorded cell's")
		.argument("<config|run/cell>")
		.addOption(machineOption())
		.option("--gdb", "wait for a debugger, and say how to connect one")
		.action(async (target: string, options: ShellCommandOptions) => setStatus(await shellCommand(target, options)));
	program
		.command("repro")
		.description("run one cell of an old run again, from its record alone; writes repro.sh, which needs no fuselab")
		.argument("<run/cell>", "e.g. latest/counters/uring-libfuse/tmpfs/io/truncate#1")
		.option("--times <n>", "repeat it", positive)
		.option("--json", "the report as JSON on stdout")
		.action(async (target: string, { json, times }: { json?: boolean; times?: number }) =>
			setStatus(await reproCommand(target, times, json === true)),
		);
	program
		.command("gc")
		.description("remove cached kernels and guest roots, oldest use first, until the cache fits")
		.option("--keep <size>", "how much may stay, e.g. 20G", gibibytes, 20)
		.action(async ({ keep }: { keep: number }) => await gc(keep));
	program
		.command("sweep")
		.description("kill and remove what a crashed fuselab left behind")
		.action(() => {
			const done = sweep();
			for (const line of done) process.stdout.write(`${line}\n`);
			if (done.length === 0) process.stdout.write("nothing was left behind\n");
		});
	const bench = program.command("bench").description("measure fuselab itself");
	bench
		.command("server-cost")
		.description("what a request costs in each mode, in instructions; writes docs/server-cost.md")
		.argument("[config]", "modes and stores", "configs/server-cost.yaml")
		.action(async (file: string) => setStatus(await benchServerCost(await readConfig(file, undefined))));
	bench
		.command("ladder")
		.description("a ladder of a generated 10-patch series against one clean build, both without the compiler cache")
		.argument("[config]", "its first kernel's source and configuration are taken", "configs/quick.yaml")
		.option("--json", "every build as JSON")
		.action(async (file: string, { json }: { json?: boolean }) => setStatus(await benchLadder(file, json === true)));
	bench
		.command("reliability")
		.description("inject every fault of docs/reliability.md, and write that page; as root")
		.option("--only <pattern>", "faults by their words, `*` for any characters; writes no page")
		.option("--at-once <n>", "faults under way at once", positive, 2)
		.action(async ({ only, atOnce }: { only?: string; atOnce: number }) =>
			setStatus(await benchReliability(only, atOnce)),
		);
	bench
		.command("startup")
		.description("power-on to the agent's first word against `vng --run KERNEL --root ROOT -- true`, medians")
		.argument("[config]", "its first kernel is booted", "configs/quick.yaml")
		.addOption(
			new Option("--machine <kind...>", "these machines").choices(MACHINE_KINDS).default(["auto", "uml"] as const),
		)
		.option("--runs <n>", "boots of each", positive, 5)
		.option("--json", "samples as JSON")
		.action(async (file: string, options: { machine: readonly MachineKind[]; runs: number; json?: boolean }) =>
			setStatus(
				await benchStartup(await readConfig(file, undefined), options.machine, options.runs, options.json === true),
			),
		);
};
