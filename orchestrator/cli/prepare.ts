/** Everything a run needs before its first cell: virtme-ng, guest root, lab, machine; and the ports that carry the runner. */
import path from "node:path";
import { ensureDisks, type GuestDisks } from "../../guest/disks.ts";
import { ensureLab, type GuestLab } from "../../guest/lab.ts";
import { ensureLibfuse } from "../../guest/libfuse.ts";
import { ensureLibfuseTests } from "../../guest/libfuse-tests.ts";
import { ensureRoot, type GuestRoot } from "../../guest/root/root.ts";
import { ensureXfstests } from "../../guest/xfstests.ts";
import { buildKernel } from "../../kernels/build.ts";
import { CASES } from "../../testcases/catalogue.ts";
import type { MachineSpec, Need } from "../domain/cell.ts";
import type { ServerBuild } from "../domain/channel.ts";
import type { Architecture, KernelBuild, KernelWish } from "../domain/kernel.ts";
import type { LibfuseSource } from "../domain/lab-config.ts";
import type { Xfstests } from "../domain/third-party.ts";
import { sweep } from "../host/ledger.ts";
import { type ChosenMachine, chooseMachine } from "../machine/choose.ts";
import type { Guest } from "../machine/guest.ts";
import { runningKernel } from "../machine/host.ts";
import { launch } from "../machine/launcher.ts";
import { ensureVirtme, type Virtme } from "../machine/virtme.ts";

export type OnStage = (text: string, log?: string) => void;

export interface Bench {
	readonly virtme: Virtme;
	readonly root: GuestRoot;
	readonly lab: GuestLab;
	/** Folder in the guest of the libfuse that foreign servers are to use. */
	readonly libfuse: string;
	/** The user's xfstests as the guest sees them, where they are asked for. */
	readonly xfstests?: Xfstests;
}

const DEFAULTS = { server: "plain", libfuse: { kind: "debian" } } as const;

/** What not every run wants in the guest. */
export interface BenchWish {
	readonly server: ServerBuild;
	readonly libfuse: LibfuseSource;
	/** Its cases, by name: some bring tests of libfuse's. */
	readonly cases?: readonly string[];
	readonly xfstests?: Xfstests | null;
}

const someNeed = (cases: readonly string[], need: Need): boolean =>
	CASES.some(({ name, needs }) => needs?.includes(need) === true && cases.includes(name));

/** Makes or finds what every guest needs besides a kernel, after clearing away what a crashed fuselab left. */
export const prepareBench = async (
	signal: AbortSignal,
	onStage: OnStage,
	{ server, libfuse, cases = [], xfstests = null }: BenchWish = DEFAULTS,
): Promise<Bench> => {
	for (const line of sweep()) onStage(`left by an earlier run: ${line}`);
	const virtme = await ensureVirtme({ signal, onStage });
	const root = await ensureRoot({ signal, onStage });
	if (someNeed(cases, "libfuse-tests")) await ensureLibfuseTests(root, { signal, onStage });
	return {
		virtme,
		root,
		lab: await ensureLab(root, [server], signal),
		libfuse: await ensureLibfuse(root, libfuse, { signal, onStage }),
		...(xfstests === null || !someNeed(cases, "xfstests")
			? {}
			: { xfstests: await ensureXfstests(root, xfstests, { signal, onStage }) }),
	};
};

/** What a kernel for a machine is built for. */
export const architectureOf = ({ kind }: MachineSpec): Architecture => (kind === "uml" ? "um" : "x86_64");

/** Builds one kernel for a machine or finds it in the cache. */
export const prepareKernel = async (
	wish: KernelWish,
	machine: MachineSpec,
	signal: AbortSignal,
	onStage: OnStage,
): Promise<KernelBuild> =>
	machine.kind === "host"
		? runningKernel(wish.name)
		: await buildKernel(wish, { architecture: architectureOf(machine), signal, onStage });

/** The disks that a kernel with modules boots from; nothing for any other. */
export const disksFor = async (
	{ root, lab }: Bench,
	{ key, modules }: KernelBuild,
	signal: AbortSignal,
	onStage: OnStage = () => undefined,
): Promise<{ readonly disks?: GuestDisks }> =>
	modules === undefined ? {} : { disks: await ensureDisks(root, lab, { key, modules }, { signal, onStage }) };

/** Boots guests of one run; the machine is chosen at the first boot, as the probe needs a kernel. */
export class Boots {
	readonly #bench: Bench;
	readonly #spec: MachineSpec;
	readonly #folder: string;
	readonly #signal: AbortSignal;
	#machine: ChosenMachine | undefined;

	constructor(bench: Bench, spec: MachineSpec, runFolder: string, signal: AbortSignal) {
		this.#bench = bench;
		this.#spec = spec;
		this.#folder = path.join(runFolder, "boots");
		this.#signal = signal;
	}

	/** The machine that this run uses. */
	async machine(build: KernelBuild): Promise<ChosenMachine> {
		this.#machine ??= await chooseMachine(this.#spec, build.image, this.#signal);
		return this.#machine;
	}

	get slowness(): number {
		return this.#machine?.slowness ?? 1;
	}

	async boot(build: KernelBuild, name: string, cpus = this.#spec.cpus): Promise<Guest> {
		const { virtme, root, lab } = this.#bench;
		return await launch(
			{
				virtme,
				root: root.path,
				lab: lab.guestPath,
				spec: { ...this.#spec, cpus },
				machine: await this.machine(build),
				...(await disksFor(this.#bench, build, this.#signal)),
				boots: this.#folder,
			},
			build,
			name,
			this.#signal,
		);
	}
}

/** Milliseconds that a check may take on a machine of ordinary speed. */
export const checkTimeoutMs = (name: string): number => CASES.find((entry) => entry.name === name)?.timeoutMs ?? 30_000;
