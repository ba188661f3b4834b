import { statfs } from "node:fs/promises";
import os from "node:os";
import { findRoot } from "../../guest/root/root.ts";
import { listKernels } from "../../kernels/cache.ts";
import { MODES, STORES } from "../domain/cell.ts";
import { ensureFolder, folders } from "../host/folders.ts";
import { interrupt } from "../host/interrupt.ts";
import { run } from "../host/process.ts";
import { missingRequirements, REQUIREMENTS } from "../host/requirements.ts";
import { describeHost, lookAtHost, whyNotHost } from "../machine/host.ts";
import { probeKvm, qemuVersion } from "../machine/probe.ts";

interface Finding {
	readonly what: string;
	readonly state: "ok" | "missing" | "unknown";
	readonly detail: string;
}

const GiB = 1024 ** 3;
/** A source tree, a build, a guest root and their archives. */
const DISK_WANTED_GIB = 12;

const versionOf = async (command: string, args: readonly string[], pattern: RegExp): Promise<string> => {
	try {
		return (
			pattern.exec((await run(command, args, { signal: interrupt.signal, timeoutMs: 20_000 })).stdout)?.[1] ?? "unknown"
		);
	} catch {
		return "missing";
	}
};

/** Looks at everything that a run needs; nothing is changed but the memory of the KVM probe. */
export const examine = async (): Promise<readonly Finding[]> => {
	const findings: Finding[] = [];
	const add = (what: string, ok: boolean | undefined, detail: string): void => {
		findings.push({ what, state: ok === undefined ? "unknown" : ok ? "ok" : "missing", detail });
	};
	const missing = await missingRequirements();
	add(
		"packages",
		missing.length === 0,
		missing.length === 0
			? `all ${REQUIREMENTS.length} are there`
			: `missing: ${missing.map((r) => r.package).join(" ")}`,
	);
	add("node", true, process.version);
	const gcc = await versionOf("gcc", ["--version"], /(\d+\.\d+\.\d+)/);
	add("gcc", gcc !== "missing", gcc);
	const haveQemu = !missing.some((r) => r.package === "qemu-system-x86");
	add("qemu", haveQemu, haveQemu ? await qemuVersion(interrupt.signal) : "missing");
	const kernels = await listKernels();
	const newest = kernels.at(-1);
	const kvm = haveQemu ? await probeKvm(newest?.image, interrupt.signal) : undefined;
	add(
		"machine qemu-kvm",
		kvm?.works,
		kvm?.why ?? "not probed yet: the probe boots a kernel, and none is built (`fuselab build CONFIG`)",
	);
	add(
		"machine qemu-tcg",
		haveQemu,
		haveQemu ? "emulation works everywhere; every deadline is longer" : "QEMU is missing",
	);
	add(
		"machine uml",
		true,
		"user-mode Linux works without KVM; verdicts in seconds, no figures, no wall against what runs in it",
	);
	const offer = lookAtHost();
	const against = whyNotHost(offer);
	add(
		"machine host",
		against.length === 0 ? true : undefined,
		against.join("; ") || `${describeHost(offer)}; by name only`,
	);
	const auto = kvm?.works === true ? "qemu-kvm" : "qemu-tcg";
	add("machine auto", haveQemu, `takes ${auto}: ${kvm === undefined ? "KVM is not probed yet" : kvm.why}`);
	const freeMiB = os.freemem() / 1024 ** 2;
	add(
		"memory",
		freeMiB > 3000,
		`${(os.totalmem() / GiB).toFixed(1)} GiB, ${(os.freemem() / GiB).toFixed(1)} GiB free; a guest takes 2 GiB unless told`,
	);
	const disk = await statfs(await ensureFolder(folders.cache()));
	const freeGiB = (disk.bavail * disk.bsize) / GiB;
	add(
		"disk",
		freeGiB > DISK_WANTED_GIB || kernels.length > 0,
		`${freeGiB.toFixed(1)} GiB free below ${folders.cache()}; a first run takes about ${DISK_WANTED_GIB} GiB`,
	);
	const root = await findRoot();
	add(
		"guest root",
		root === undefined ? undefined : true,
		root === undefined ? "not made yet (a minute, once)" : `libfuse ${root.libfuse}, ${root.path}`,
	);
	add(
		"kernels",
		kernels.length === 0 ? undefined : true,
		kernels.length === 0 ? "none in the cache yet" : kernels.map((k) => `${k.key.slice(0, 12)} ${k.name}`).join(", "),
	);
	add("modes", true, MODES.join(" "));
	add("stores", true, STORES.join(" "));
	add("results", true, folders.runs());
	return findings;
};

const MARKS = { ok: "ok     ", missing: "MISSING", unknown: "-      " } as const;

/** Prints the findings; gives 0 when a run could start, 69 otherwise. */
export const doctor = async (json: boolean): Promise<number> => {
	const findings = await examine();
	if (json) process.stdout.write(`${JSON.stringify({ version: 1, findings }, null, "\t")}\n`);
	else
		for (const { what, state, detail } of findings)
			process.stdout.write(`${MARKS[state]}  ${what.padEnd(18)}${detail}\n`);
	const stopped = findings.some(({ what, state }) => state === "missing" && what !== "machine qemu-kvm");
	return stopped ? 69 : 0;
};
