import {
	type Cell,
	isServersOwn,
	type MachineSpec,
	type Mode,
	type Need,
	type Plan,
	type Store,
	type Work,
} from "../domain/cell.ts";
import type { LabConfig } from "../domain/lab-config.ts";
import { jobsOf, whyNoRoom } from "./jobs.ts";

const nameOf = (work: Work): string => (work.kind === "check" ? work.name : work.job.name);

/** What the plan has to know of a case. */
export interface KnownCase {
	readonly name: string;
	readonly needs?: readonly Need[];
	/** An object with `own` says why the case cannot be lied to. */
	readonly negativeControl?: string | object;
}

const checksOf = (config: LabConfig, cases: readonly KnownCase[]): readonly Work[] => {
	const asked = new Set(config.cases);
	return cases.filter(({ name }) => asked.has(name)).map(({ name }) => ({ kind: "check", name }));
};

const whyUnmet = (
	need: Need,
	mode: Mode,
	cpus: number,
	{ server, machine, xfstests }: LabConfig,
): string | undefined => {
	switch (need) {
		case "own-server":
			return mode === "uring-libfuse" || server.command !== null ? "only fuselab's own server takes orders" : undefined;
		case "ring":
			return mode === "devfuse" ? "devfuse has no ring" : undefined;
		case "own-payload":
			return /^uring/.test(mode) ? undefined : `${mode} has no payload buffer an entry`;
		case "pool":
			return ["devfuse", "uring-libfuse", "uring"].includes(mode) ? `${mode} has no buffer pool` : undefined;
		case "add-bufpool":
			return ["bufpool", "pinned", "zerocopy"].includes(mode) ? undefined : `${mode} has no ADD_BUFPOOL`;
		case "pinned-pool":
			return mode === "pinned" ? undefined : `${mode} registers no pool`;
		case "zero-copy":
			return /zerocopy$/.test(mode) ? undefined : `${mode} copies`;
		case "two-cpus":
			return cpus < 2 ? "it takes two CPUs" : undefined;
		case "libfuse-transport":
			return mode === "devfuse" || mode === "uring-libfuse" ? undefined : `libfuse's own servers have no ${mode}`;
		case "cpu-hotplug":
			if (machine.kind === "host") return "the host keeps its CPUs";
			if (machine.kind === "uml") return "uml has no CPUs that go";
			return cpus < 2 ? "it takes two CPUs" : undefined;
		case "xfstests":
			return xfstests === null ? "the config names no folder of xfstests" : undefined;
		case "fresh":
		case "libfuse-tests":
			return undefined;
	}
};

const whyCaseRuledOut = (known: KnownCase, mode: Mode, cpus: number, config: LabConfig): string | undefined => {
	const { negativeControl: control, needs = [] } = known;
	if (config.server.lies.includes("control") && typeof control === "object" && "own" in control)
		return "the case is its own negative control";
	return needs.map((need) => whyUnmet(need, mode, cpus, config)).find((reason) => reason !== undefined);
};

/** Why a cell cannot be, whatever case it is; undefined when it can. */
const whyRuledOut = (work: Work, mode: Mode, store: Store, machine: MachineSpec): string | undefined => {
	if (isServersOwn(store) && mode === "uring-libfuse")
		return "passthrough_hp serves a folder, it has no store of its own";
	if (isServersOwn(store) && work.kind === "check") return `behind the store ${store} there is nothing to compare with`;
	if (machine.kind === "host" && store.startsWith("nvme-") && machine.disk === undefined)
		return "host takes no disk that is not named as machine.disk";
	if (machine.kind === "host" && /^(?:virtio|nullblk)-/.test(store)) return "host makes no such device";
	if (store.startsWith("nvme-") && machine.kind === "uml") return "uml has no NVMe";
	if (store.startsWith("virtio-") && machine.kind === "uml") return "uml has no virtio disk";
	return work.kind === "figure" ? whyNoRoom(work.job, store, machine) : undefined;
};

/**
 * Multiplies a config out; `cases` are all known cases, and their order is the plan's.
 * All cells of a kernel stand together, because they share a boot; checks come before figures, because a figure of a
 * kernel that does not work says nothing. A whole round of the matrix ends before the next repeat begins, so that slow
 * drift of the host touches every mode alike.
 */
export const expand = (config: LabConfig, cases: readonly KnownCase[]): Plan => {
	const cells: Cell[] = [];
	const ruledOut: { id: string; reason: string }[] = [];
	const figures: readonly Work[] = jobsOf(config.figures).map((job) => ({ kind: "figure", job }));
	const rounds = Array.from({ length: config.repeat }, (_, index) => index + 1);
	const known = new Map(cases.map((entry) => [entry.name, entry]));
	const several = config.cpus.length > 1;
	const add = (cell: Omit<Cell, "id">, cpus: number): void => {
		const { kernel, mode, store, work, repeat } = cell;
		const id = `${kernel}${several ? `+${cpus}cpus` : ""}/${mode}/${store}/${nameOf(work)}#${repeat}`;
		const check = work.kind === "check" ? known.get(work.name) : undefined;
		const reason =
			whyRuledOut(work, mode, store, config.machine) ?? (check && whyCaseRuledOut(check, mode, cpus, config));
		if (reason === undefined) cells.push({ id, ...cell, ...(several ? { cpus } : {}) });
		else ruledOut.push({ id, reason });
	};
	for (const { name: kernel } of config.kernels)
		for (const cpus of config.cpus)
			for (const works of [checksOf(config, cases), figures])
				for (const repeat of rounds)
					for (const mode of config.modes)
						for (const store of config.stores)
							for (const work of works) add({ kernel, mode, store, work, repeat }, cpus);
	return { cells, ruledOut };
};
