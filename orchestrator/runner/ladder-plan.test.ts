/** Rungs of a ladder: what has the same image is not run again, and what cannot be built is told. */
import t from "tap";
import type { Cell } from "../domain/cell.ts";
import type { KernelBuild, KernelFault, KernelWish } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import type { CellRecord } from "../domain/run.ts";
import type { GuestPort, RunPorts } from "./ports.ts";
import { type PlanContext, runPlan } from "./run-plan.ts";

const wishOf = (prefix: number): KernelWish => ({
	name: `k@${prefix}`,
	source: { kind: "folder", folder: "/l" },
	series: [],
	fragments: [],
	rung: { ladder: "k", prefix, total: 3, subject: prefix === 0 ? null : `patch ${prefix}` },
});

const cellOf = (kernel: string, name: string): Cell => ({
	id: `${kernel}/devfuse/tmpfs/${name}#1`,
	kernel,
	mode: "devfuse",
	store: "tmpfs",
	work: { kind: "check", name },
	repeat: 1,
});

/** Rungs 0 and 3 have images of their own, 1 that of 0, and 2 does not build. */
const build = async ({ name, rung }: KernelWish): Promise<KernelBuild> => {
	if (rung?.prefix === 2) throw new LabError({ code: "build-failed", sentence: "It does not build.", log: "/log" });
	return {
		...{ name, key: "0", image: "/i", config: "/c", log: "/l", sourceVersion: "1", sourceSha256: "0", compiler: "cc" },
		...{
			imageSha256: rung?.prefix === 1 ? "0" : String(rung?.prefix),
			imageBytes: 1,
			buildSeconds: 1,
			compiledFiles: 1,
		},
		...{ patches: [], warnings: [], fromCache: true, ...(rung === undefined ? {} : { rung }) },
	};
};

const guest: GuestPort = {
	ended: false,
	whyEnded: undefined,
	hello: {
		...{
			type: "hello",
			kernelRelease: "7",
			nodeVersion: "v24",
			cpus: 1,
			uptimeSeconds: 1,
			initSeconds: 0,
			nodeSeconds: 0,
		},
		...{ fuseUring: true, counters: true },
	},
	run: async (order, _timeoutMs, _signal, onMessage) => {
		const { id } = order;
		for (const line of ["TAP version 14", "ok 1 - held", "1..1"]) onMessage({ type: "tap", id, line });
		return {
			...{ type: "cell-end", id, stage: "done", error: null, timedOut: false, exitCode: null, fioReports: [] },
			...{
				kernelLog: id.includes("k@0") && id.includes("/b#") ? "Oops" : "",
				seconds: 1,
				unsupported: null,
				hang: null,
			},
			server: { exitCode: 0, signal: null, ordered: true, expected: null },
			proof: { found: "devfuse", witness: "kernel-counters", detail: "" },
		};
	},
	console: async () => ({ text: "", to: 0 }),
	settle: async () => undefined,
	accuse: () => undefined,
	[Symbol.asyncDispose]: async () => undefined,
};

const climb = async (prefixes: readonly number[], names: readonly string[], change: Partial<PlanContext> = {}) => {
	const records: CellRecord[] = [];
	const boots: string[] = [];
	const faults: KernelFault[] = [];
	const ports: RunPorts = {
		build,
		onBuilt: async () => undefined,
		onUnbuilt: async (fault) => void faults.push(fault),
		launch: async (_, name) => {
			boots.push(name);
			return guest;
		},
		slowness: () => 1,
		findTrouble: (text) => (text.includes("Oops") ? [{ kind: "oops", title: "Oops", lines: [], functions: [] }] : []),
		findStuck: () => [],
		checkTimeoutMs: () => 1000,
		write: async (record) => {
			records.push(record);
			return record;
		},
		onEvent: () => undefined,
	};
	const kernels = prefixes.map(wishOf);
	const cells = kernels.flatMap((wish) => names.map((name) => cellOf(wish.name, name)));
	const serverOf: PlanContext["serverOf"] = () => ({
		...{ queueDepth: 8, lies: [], memlockBytes: null, sysctls: {} },
		...{ build: "plain", options: {}, command: null, libfuse: "/opt/libfuse", user: "root" },
	});
	const { signal } = new AbortController();
	await runPlan({ cells, ruledOut: [] }, { kernels, serverOf, signal, ...change }, ports);
	return { records, boots, faults };
};

t.test("a rung with the image of an earlier one takes over its results, good and bad, without a boot", async (t) => {
	const { records, boots } = await climb([0, 1, 3], ["a", "b"]);
	t.strictSame(boots, ["k@0-1", "k@3-1"]);
	t.match(
		records.filter(({ cell }) => cell.kernel === "k@1"),
		[
			{ sharedWith: "k@0/devfuse/tmpfs/a#1", verdict: { outcome: "pass" }, boot: "k@0-1" },
			{ sharedWith: "k@0/devfuse/tmpfs/b#1", verdict: { outcome: "fail", because: "kernel-log" } },
		],
	);
	t.notOk(records.some(({ cell, sharedWith }) => cell.kernel !== "k@1" && sharedWith !== undefined));
});

t.test("a rung that does not build is told, also when there is nothing to run", async (t) => {
	t.match((await climb([1, 2, 3], [])).faults, [{ name: "k@2", stage: "build", detail: "It does not build." }]);
	const { records, faults } = await climb([2], ["a"]);
	t.match(faults, [{ rung: { prefix: 2, subject: "patch 2" } }]);
	t.match(records, [{ verdict: { outcome: "fail", because: "build" } }]);
});

t.test("stops at the record that is enough, and numbers boots on", async (t) => {
	const { records, boots } = await climb([3], ["a", "b", "c"], {
		isEnough: ({ cell }) => cell.id.includes("/b#"),
		bootsBefore: 4,
	});
	t.equal(records.length, 2);
	t.strictSame(boots, ["k@3-5"]);
});
