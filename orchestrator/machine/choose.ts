/** Which machine a spec stands for here, and why. */
import type { MachineSpec } from "../domain/cell.ts";
import { LabError } from "../domain/lab-error.ts";
import { describeHost, lookAtHost, requireHost } from "./host.ts";
import { probeKvm } from "./probe.ts";

export interface ChosenMachine {
	/** The kind as it stands in records. */
	readonly chosen: Exclude<MachineSpec["kind"], "auto">;
	readonly why: string;
	/** Every deadline is multiplied by this. */
	readonly slowness: number;
}

const KVM = { chosen: "qemu-kvm", slowness: 1 } as const;
const TCG = { chosen: "qemu-tcg", slowness: 8 } as const;
const UML = { chosen: "uml", slowness: 2 } as const;
const HOST = { chosen: "host", slowness: 4 } as const;
const BY_NAME = "asked for by name";

/** Picks the best machine that works here; without an `image` to boot, KVM is not probed anew. Throws `host-unsupported` when KVM was asked for by name and cannot boot. */
export const chooseMachine = async (
	spec: MachineSpec,
	image: string | undefined,
	signal: AbortSignal,
): Promise<ChosenMachine> => {
	if (spec.kind === "host") {
		const offer = lookAtHost();
		requireHost(offer);
		return { ...HOST, why: `${BY_NAME}; ${describeHost(offer)}` };
	}
	if (spec.kind === "uml") return { ...UML, why: BY_NAME };
	if (spec.kind === "qemu-tcg")
		return { ...TCG, why: spec.icount === true ? `${BY_NAME}; its time is a count of instructions` : BY_NAME };
	const kvm = await probeKvm(image, signal);
	if (kvm?.works === true) return { ...KVM, why: kvm.why };
	const why = kvm?.why ?? "it is probed when a kernel is there to boot";
	if (spec.kind === "qemu-kvm")
		throw new LabError({
			code: "host-unsupported",
			sentence: `KVM does not work here: ${why}.`,
			hint: "Use `machine: {kind: auto}` or `qemu-tcg`.",
		});
	return { ...TCG, why: `KVM does not work here: ${why}` };
};
