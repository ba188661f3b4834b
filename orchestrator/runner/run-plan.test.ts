import t from "tap";
import type { Cell } from "../domain/cell.ts";
import type { KernelBuild } from "../domain/kernel.ts";
import { LabError } from "../domain/lab-error.ts";
import type { CellRecord } from "../domain/run.ts";
import type { CellEnd, GuestPort, RunPorts } from "./ports.ts";
import { runPlan } from "./run-plan.ts";

const cellOf = (name: string): Cell => ({
	id: `k/devfuse/tmpfs/${name}#1`,
	kernel: "k",
	mode: "devfuse",
	store: "tmpfs",
	work: { kind: "check", name },
	repeat: 1,
});

const build: KernelBuild = {
	name: "k",
	key: "0",
	image: "/image",
	config: "/config",
	log: "/log",
	sourceVersion: "1",
	sourceSha256: "0",
	imageSha256: "0",
	imageBytes: 1,
	compiler: "cc",
	patches: [],
	buildSeconds: 1,
	compiledFiles: 1,
	warnings: [],
	fromCache: true,
};

const endOf = (id: string, change: Partial<CellEnd> = {}): CellEnd => ({
	type: "cell-end",
	id,
	stage: "done",
	error: null,
	timedOut: false,
	exitCode: null,
	server: { exitCode: 0, signal: null, ordered: true },
	unsupported: null,
	proof: { found: "devfuse", witness: "kernel-counters", detail: "" },
	fioReports: [],
	kernelLog: "",
	seconds: 1,
	...change,
});

type Answer = (id: string) => CellEnd | undefined;

/** A guest behind the real port: answers every cell with two TAP lines and what `answer` says. */
const guestOf = (answer: Answer, onDispose: () => void): GuestPort => ({
	ended: false,
	hello: {
		type: "hello",
		kernelRelease: "7",
		nodeVersion: "v24",
		cpus: 1,
		uptimeSeconds: 1,
		fuseUring: true,
		counters: true,
	},
	run: async (order, _timeoutMs, _signal, onMessage) => {
		for (const line of ["TAP version 14", "ok 1 - held", "1..1"]) onMessage({ type: "tap", id: order.id, line });
		return answer(order.id);
	},
	console: async () => "",
	settle: async () => undefined,
	[Symbol.asyncDispose]: async () => onDispose(),
});

const runWith = async (cells: readonly Cell[], change: Partial<RunPorts>, answer: Answer = (id) => endOf(id)) => {
	const records: CellRecord[] = [];
	const boots: string[] = [];
	let disposed = 0;
	const ports: RunPorts = {
		build: async () => build,
		onUnbuilt: async () => undefined,
		onBuilt: async () => undefined,
		launch: async (_, name) => {
			boots.push(name);
			return guestOf(answer, () => {
				disposed += 1;
			});
		},
		slowness: () => 1,
		findTrouble: (text) => (text.includes("Oops") ? [{ kind: "oops", title: "Oops", lines: [] }] : []),
		checkTimeoutMs: () => 1000,
		write: async (record) => {
			records.push(record);
			return record;
		},
		onEvent: () => undefined,
		...change,
	};
	const wish = { name: "k", source: { kind: "debian" as const, package: "p", suite: "s" }, series: [], fragments: [] };
	const context = {
		kernels: [wish],
		serverOf: () => ({
			queueDepth: 8,
			lies: [],
			memlockBytes: null,
			sysctls: {},
			options: {},
			command: null,
			libfuse: "/opt/libfuse",
			user: "root" as const,
			build: "plain" as const,
		}),
		signal: new AbortController().signal,
	};
	await runPlan({ cells, ruledOut: [] }, context, ports);
	return { verdicts: records.map(({ verdict }) => `${verdict.outcome} ${verdict.because}`), boots, disposed, records };
};

const THREE = ["a", "b", "c"].map(cellOf);

t.test("one boot carries many cells, and the guest is disposed of once", async (t) => {
	const { verdicts, boots, disposed } = await runWith(THREE, {});
	t.same(verdicts, ["pass ok", "pass ok", "pass ok"]);
	t.same(boots, ["k-1"]);
	t.equal(disposed, 1);
});

t.test("a guest with trouble in its kernel log carries no other cell", async (t) => {
	const { verdicts, boots, disposed } = await runWith(THREE, {}, (id) =>
		endOf(id, id.includes("/a#") ? { kernelLog: "Oops" } : {}),
	);
	t.same(verdicts, ["fail kernel-log", "pass ok", "pass ok"], "a green TAP stream does not help");
	t.same(boots, ["k-1", "k-2"]);
	t.equal(disposed, 2);
});

t.test("a guest that falls silent breaks its cell, and the next cell gets a new guest", async (t) => {
	const { verdicts, boots } = await runWith(THREE, {}, (id) => (id.includes("/b#") ? undefined : endOf(id)));
	t.same(verdicts, ["pass ok", "broken lab", "pass ok"]);
	t.same(boots, ["k-1", "k-2"]);
});

t.test("a kernel that does not build fails its cells without a boot", async (t) => {
	const { verdicts, boots, records } = await runWith(THREE, {
		build: async () => {
			throw new LabError({ code: "patch-failed", sentence: "Patch 2/3 does not apply.", log: "/log" });
		},
	});
	t.same(verdicts, ["fail build", "fail build", "fail build"]);
	t.same(boots, []);
	t.equal(records[0]?.verdict.detail, "Patch 2/3 does not apply.");
});

t.test("a kernel that does not boot is tried twice; without a word from the kernel the lab cannot tell", async (t) => {
	let tries = 0;
	const launch = (evidence: readonly string[]) => async (): Promise<GuestPort> => {
		tries += 1;
		throw new LabError({ code: "boot-failed", sentence: "Boot failed.", evidence });
	};
	t.same((await runWith(THREE, { launch: launch(["nothing"]) })).verdicts, Array(3).fill("broken boot"));
	t.equal(tries, 2);
	t.same((await runWith(THREE, { launch: launch(["Oops: 0000"]) })).verdicts, Array(3).fill("fail boot"));
});

t.test("what is the lab's own fault is thrown, not judged", async (t) => {
	const launch = async (): Promise<GuestPort> => {
		throw new LabError({ code: "disk-full", sentence: "No space left." });
	};
	await t.rejects(runWith(THREE, { launch }), { code: "disk-full" });
});
