import { buildApart } from "../../kernels/build.ts";
import { readBundle } from "../../kernels/bundle/read.ts";
import { writeBundle } from "../../kernels/bundle/write.ts";
import type { MachineKind, MachineSpec } from "../domain/cell.ts";
import type { KernelBuild, KernelWish } from "../domain/kernel.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { interrupt } from "../host/interrupt.ts";
import { architectureOf, prepareKernel } from "./prepare.ts";
import { readConfig } from "./run.ts";
import { showError } from "./show-error.ts";
import { openView, type View } from "./stage.ts";

export interface BuildCommandOptions {
	readonly json?: boolean;
	readonly machine?: MachineKind;
	/** The bundle to write. */
	readonly export?: string;
	/** The bundle to read, instead of building. */
	readonly import?: string;
	/** Build each kernel once more, apart, and compare. */
	readonly verify?: boolean;
}

/** Builds a kernel again in a tree of its own; true when the image comes out the same. */
const isReproduced = async (
	wish: KernelWish,
	build: KernelBuild,
	machine: MachineSpec,
	view: View,
): Promise<boolean> => {
	const { source } = wish;
	if (source.kind === "debian-image") return true;
	const options = { architecture: architectureOf(machine), signal: interrupt.signal, onStage: view.stage };
	const [again] = await buildApart([{ ...wish, source }], options);
	if (again === undefined) return false;
	const same = again.imageSha256 === build.imageSha256;
	view.line(
		`${wish.name}: built apart in ${again.buildSeconds.toFixed(0)} s, image sha256 ${again.imageSha256}: ${same ? "the same" : `NOT ${build.imageSha256}`}`,
	);
	return same;
};

const say = (build: KernelBuild): void => {
	process.stdout.write(
		`${build.name}: Linux ${build.sourceVersion} with ${build.patches.length} patches, ${build.fromCache ? "from the cache" : `built in ${build.buildSeconds.toFixed(0)} s`}\n` +
			`  image   ${build.image}\n  config  ${build.config}\n  log     ${build.log}\n  sha256  ${build.imageSha256}\n`,
	);
};

const importBundle = async (file: string): Promise<number> => {
	for (const { facts, state } of await readBundle(file, interrupt.signal))
		process.stdout.write(
			`${facts.name}: Linux ${facts.sourceVersion} ${state === "taken" ? "taken into the cache" : "was in the cache already"}\n` +
				`  key     ${facts.key}\n  sha256  ${facts.imageSha256}\n`,
		);
	return EXIT.hoped;
};

/** Builds every kernel of a config; one that does not build does not keep the others from being tried. */
export const buildCommand = async (file: string | undefined, options: BuildCommandOptions): Promise<number> => {
	if (options.import !== undefined) return await importBundle(options.import);
	if (file === undefined)
		throw new LabError({
			code: "usage",
			sentence: "No config was named.",
			hint: "`fuselab build CONFIG` builds the kernels of a config; `fuselab build --import FILE` takes a bundle.",
		});
	const config = await readConfig(file, options.machine);
	const view = openView();
	const builds: KernelBuild[] = [];
	let status: number = EXIT.hoped;
	try {
		for (const wish of config.kernels)
			try {
				const build = await prepareKernel(wish, config.machine, interrupt.signal, view.stage);
				builds.push(build);
				if (options.verify === true && !(await isReproduced(wish, build, config.machine, view)))
					status = EXIT.subjectFailed;
			} catch (error) {
				if (!(error instanceof LabError) || interrupt.signal.aborted) throw error;
				status = showError(error, false);
			}
		if (options.export !== undefined && builds.length > 0) {
			view.stage(`packing ${options.export}`);
			await writeBundle(builds, options.export, interrupt.signal);
		}
	} finally {
		view.close();
	}
	if (options.json === true) process.stdout.write(`${JSON.stringify({ version: 1, builds }, null, "\t")}\n`);
	else for (const build of builds) say(build);
	return status;
};
