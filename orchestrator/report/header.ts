import type { KernelBuild } from "../domain/kernel.ts";
import type { ArchivedRun, RunRecord } from "../domain/run.ts";
import { clean, duration, paint, plural, type Style, wrap } from "./layout.ts";

/** Digits of a digest that a person compares. */
const SHORT = 12;

const linesOfKernel = (build: KernelBuild): readonly string[] => [
	...wrap(
		`kernel ${build.name}: source ${build.sourceVersion}, ${plural(build.patches.length, "patch").replace(/hs$/, "hes")}, image sha256 ${build.imageSha256.slice(0, SHORT)}, ${build.compiler}`,
		"",
	),
	...build.patches.map(
		(patch) =>
			`  ${patch.number}/${patch.total} ${clean(patch.digest).slice(0, SHORT)} ${clean(patch.subject, 70)} (${clean(patch.author.replace(/ <.*/, ""), 40)})`,
	),
];

/** Of a ladder the longest rung stands for all. */
const shownKernels = (kernels: readonly KernelBuild[]): readonly KernelBuild[] =>
	kernels.filter(
		({ rung }) =>
			rung === undefined ||
			rung.prefix === Math.max(...kernels.flatMap((k) => (k.rung?.ladder === rung.ladder ? k.rung.prefix : []))),
	);

const nvmeOf = ({ nvmeMiB, nvme }: RunRecord["machine"]): string => {
	if (nvmeMiB === undefined) return "";
	if (nvme === undefined) return `, NVMe ${nvmeMiB} MiB`;
	const { count, sectors, queues, cache, throttle = {} } = nvme;
	const bounds = [
		...(queues === undefined ? [] : [`${queues} queues`]),
		...(throttle.iops === undefined ? [] : [`at most ${throttle.iops} IOPS`]),
		...(throttle.bandwidthMiB === undefined ? [] : [`at most ${throttle.bandwidthMiB} MiB/s`]),
	];
	return `, ${count} NVMe of ${nvmeMiB} MiB (${[`blocks of ${sectors}`, ...bounds, `cache ${cache}`].join(", ")})`;
};

const devicesOf = (machine: RunRecord["machine"]): string =>
	[
		...(machine.numa === undefined ? [] : [`, ${machine.numa} NUMA nodes`]),
		...(machine.hotplug === undefined || machine.chosen !== "qemu-kvm"
			? []
			: [`, ${plural(machine.hotplug, "more CPU")} possible`]),
		nvmeOf(machine),
		...(machine.virtioMiB === undefined ? [] : [`, virtio disk ${machine.virtioMiB} MiB`]),
	].join("");

/** Who, what, where and when, exact enough to do it again. */
export const headerOf = ({ run, cells }: ArchivedRun, style: Style): readonly string[] => {
	const seconds =
		run.finishedAt === null ? Number.NaN : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000;
	const took = run.finishedAt === null ? "not finished" : `took ${duration(seconds)}`;
	const { machine, host } = run;
	const several = [...new Set(cells.flatMap(({ cell }) => (cell.cpus === undefined ? [] : [cell.cpus])))];
	const cpus = several.length > 1 ? `${several.join(" and ")} CPUs` : plural(several[0] ?? machine.cpus, "CPU");
	const nullblk = machine.nullblkGiB === undefined ? "" : `, null_blk ${machine.nullblkGiB} GiB`;
	const batch = machine.batch === true ? ", as batch work" : "";
	const devices = `${machine.chosen === "uml" || machine.chosen === "host" ? "" : devicesOf(machine)}${nullblk}${batch}`;
	return [
		paint(style, "bold", `run ${clean(run.id)}`),
		...wrap(
			`started ${run.startedAt.slice(0, 19).replace("T", " ")} UTC, ${took}${run.interrupted ? ", interrupted" : ""}; fuselab ${run.fuselab}; config ${run.configPath.split("/").slice(-2).join("/")}`,
			"",
		),
		...(run.kernels.length === 0 ? ["kernel: none was built"] : shownKernels(run.kernels).flatMap(linesOfKernel)),
		...wrap(`machine ${machine.chosen} (${machine.why}): ${cpus}, ${machine.memoryMiB} MiB${devices}`, ""),
		...wrap(
			`host: Linux ${host.kernel}, ${plural(host.cpus, "CPU")}, ${host.memoryMiB} MiB; QEMU ${host.qemu}, virtme-ng ${host.virtmeNg}, Node ${host.node}`,
			"",
		),
	];
};
