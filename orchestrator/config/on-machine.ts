import type { MachineKind } from "../domain/cell.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { LabError } from "../domain/lab-error.ts";

/** The same config on another kind of machine than its file names; as it is when `kind` is undefined. */
export const onMachine = (config: LabConfig, kind: MachineKind | undefined): LabConfig => {
	if (kind === undefined) return config;
	if (config.machine.icount === true && kind !== "qemu-tcg")
		throw new LabError({
			code: "config-invalid",
			sentence: `${config.file} counts instructions (machine.icount), which ${kind} cannot.`,
			hint: "Leave the machine as it is, or take icount out.",
		});
	return { ...config, machine: { ...config.machine, kind } };
};
