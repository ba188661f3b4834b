/** `fuselab shell CONFIG`: a terminal in a guest, the server mounted. */
import { rm } from "node:fs/promises";
import path from "node:path";
import type { LabConfig } from "../domain/lab-config.ts";
import { EXIT, LabError } from "../domain/lab-error.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { ownPath } from "../host/ledger.ts";
import { chooseMachine } from "../machine/choose.ts";
import { launchShell } from "../machine/launcher.ts";
import { disksFor, prepareBench, prepareKernel } from "./prepare.ts";
import { openView } from "./stage.ts";

export const shellCommand = async (config: LabConfig): Promise<number> => {
	const [wish] = config.kernels;
	const mode = config.modes.at(-1);
	const [store] = config.stores;
	if (wish === undefined || mode === undefined || store === undefined)
		throw new LabError({ code: "config-invalid", sentence: `${config.file} names no kernel, mode or store.` });
	const { signal } = interrupt;
	const view = openView();
	const bench = await prepareBench(signal, view.stage, { server: config.server.build, libfuse: config.libfuse });
	const build = await prepareKernel(wish, config.machine, signal, view.stage);
	const disks = await disksFor(bench, build, signal, view.stage);
	view.close();
	const machine = await chooseMachine(config.machine, build.image, signal);
	process.stderr.write(
		`Linux ${build.sourceVersion}, ${machine.chosen}; server in mode ${mode} on ${store} at /run/fuselab/mnt; \`exit\` ends the guest.\n`,
	);
	const boots = await ensureFolder(path.join(folders.state(), "shells", String(process.pid)));
	const disown = ownPath(boots);
	try {
		const { virtme, root, lab } = bench;
		const launcher = { virtme, root: root.path, lab: lab.guestPath, spec: config.machine, machine, boots, ...disks };
		await launchShell(launcher, build, { ...config.server, libfuse: bench.libfuse, mode, store }, signal);
	} finally {
		await rm(boots, { recursive: true, force: true });
		disown();
	}
	return EXIT.hoped;
};
