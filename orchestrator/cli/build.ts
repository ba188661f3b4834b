import type { KernelBuild } from "../domain/kernel.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { interrupt } from "../host/interrupt.ts";
import { prepareKernel } from "./prepare.ts";
import { showError } from "./show-error.ts";
import { openView } from "./stage.ts";

/** Builds every kernel of a config; one that does not build does not keep the others from being tried. */
export const buildCommand = async (config: LabConfig, json: boolean): Promise<number> => {
	const view = openView();
	const builds: KernelBuild[] = [];
	let status: number = EXIT.hoped;
	try {
		for (const wish of config.kernels)
			try {
				builds.push(await prepareKernel(wish, config.machine, interrupt.signal, view.stage));
			} catch (error) {
				if (!(error instanceof LabError) || interrupt.signal.aborted) throw error;
				status = showError(error, false);
			}
	} finally {
		view.close();
	}
	if (json) process.stdout.write(`${JSON.stringify({ version: 1, builds }, null, "\t")}\n`);
	else
		for (const build of builds)
			process.stdout.write(
				`${build.name}: Linux ${build.sourceVersion} with ${build.patches.length} patches, ${build.fromCache ? "from the cache" : `built in ${build.buildSeconds.toFixed(0)} s`}\n` +
					`  image   ${build.image}\n  config  ${build.config}\n  log     ${build.log}\n  sha256  ${build.imageSha256}\n`,
			);
	return status;
};
