import os from "node:os";
import type { MachineKind } from "../domain/cell.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { LabError } from "../domain/lab-error.ts";

/** The running kernel in the place of the config's, with the CPUs and memory that there are. */
const onHost = (config: LabConfig): LabConfig => {
	const [first] = config.kernels;
	const refused = config.machine.icount === true ? "counts instructions (machine.icount)" : "sets sysctls";
	if (first === undefined || config.machine.icount === true || Object.keys(config.server.sysctls).length > 0)
		throw new LabError({
			code: "config-invalid",
			sentence: `${config.file} ${refused}, which the machine host does not do to this computer.`,
			hint: "Take it out, or take another machine.",
		});
	const { prefixes: _, ...wish } = first;
	const cpus = os.availableParallelism();
	const { disk } = config.machine;
	return {
		...config,
		kernels: [{ ...wish, name: "running", series: [], fragments: [] }],
		cpus: [cpus],
		machine: {
			kind: "host",
			cpus,
			memoryMiB: Math.floor(os.totalmem() / 2 ** 20),
			...(disk === undefined ? {} : { disk }),
		},
	};
};

/** The same config on another kind of machine than its file names; as it is when `kind` is undefined. */
export const onMachine = (config: LabConfig, kind: MachineKind | undefined): LabConfig => {
	if ((kind ?? config.machine.kind) === "host") return onHost(config);
	if (kind === undefined) return config;
	if (config.machine.icount === true && kind !== "qemu-tcg")
		throw new LabError({
			code: "config-invalid",
			sentence: `${config.file} counts instructions (machine.icount), which ${kind} cannot.`,
			hint: "Leave the machine as it is, or take icount out.",
		});
	return { ...config, machine: { ...config.machine, kind } };
};
