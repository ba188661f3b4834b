/** A guest and ports for tests: what the guest answers to a cell is the test's own. */
import type { Cell } from "../domain/cell.ts";
import type { ServerSettings } from "../domain/channel.ts";
import type { KernelBuild, KernelWish } from "../domain/kernel.ts";
import type { CellRecord } from "../domain/run.ts";
import type { CellEnd, GuestPort, RunPorts } from "./ports.ts";

export const WISH: KernelWish = {
	name: "k",
	source: { kind: "debian", package: "p", suite: "s" },
	series: [{ kind: "path", path: "/s.mbox" }],
	fragments: [],
};

export const SERVER: ServerSettings = {
	queueDepth: 8,
	lies: [],
	memlockBytes: null,
	sysctls: {},
	options: {},
	command: null,
	libfuse: "/opt/libfuse",
	user: "root",
	build: "plain",
};

export const cellOf = (name: string, kernel = "k"): Cell => ({
	id: `${kernel}/devfuse/tmpfs/${name}#1`,
	kernel,
	mode: "devfuse",
	store: "tmpfs",
	work: { kind: "check", name },
	repeat: 1,
});

export const buildOf = (name = "k"): KernelBuild => ({
	name,
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
});

export const endOf = (id: string, change: Partial<CellEnd> = {}): CellEnd => ({
	type: "cell-end",
	id,
	stage: "done",
	error: null,
	timedOut: false,
	exitCode: null,
	server: { exitCode: 0, signal: null, ordered: true, expected: null },
	unsupported: null,
	proof: { found: "devfuse", witness: "kernel-counters", detail: "" },
	fioReports: [],
	kernelLog: "",
	hang: null,
	seconds: 1,
	...change,
});

/** A cell's end; undefined when the guest falls silent. */
export type Answer = (id: string) => CellEnd | undefined;

/** A guest behind the real port: answers every cell with two TAP lines and what `answer` says. */
const guestOf = (answer: Answer, onDispose: () => void): GuestPort => ({
	ended: false,
	whyEnded: undefined,
	hello: {
		type: "hello",
		kernelRelease: "7",
		nodeVersion: "v24",
		cpus: 1,
		uptimeSeconds: 1,
		initSeconds: 0,
		nodeSeconds: 0,
		fuseUring: true,
		counters: true,
	},
	run: async (order, _timeoutMs, _signal, onMessage) => {
		for (const line of ["TAP version 14", "ok 1 - held", "1..1"]) onMessage({ type: "tap", id: order.id, line });
		return answer(order.id);
	},
	console: async () => ({ text: "", to: 0 }),
	settle: async () => undefined,
	accuse: () => undefined,
	[Symbol.asyncDispose]: async () => onDispose(),
});

/** Ports on which everything works, and what went through them. */
export const fakePorts = (change: Partial<RunPorts> = {}, answer: Answer = (id) => endOf(id)) => {
	const records: CellRecord[] = [];
	const boots: string[] = [];
	const seen = { records, boots, disposed: 0 };
	const ports: RunPorts = {
		build: async ({ name }) => buildOf(name),
		onUnbuilt: async () => undefined,
		onBuilt: async () => undefined,
		launch: async (_, name) => {
			boots.push(name);
			return guestOf(answer, () => {
				seen.disposed += 1;
			});
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
		...change,
	};
	return { ports, seen };
};
